"""HTTP/1.1 by llhttp, the parser of Node.js, with the bound on a request's head that it lacks."""

from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES: Final = 2**16  # request line, headers, trailers; h11, the other parser, bounds alike
FRAME_BYTES: Final = 32  # that may go with a piece of a body: a chunk's length and line ends
TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 30\r\nconnection: close\r\n\r\n"
    b"the headers are over 64 KiB.\r\n"
)


class BoundedProtocol(HttpToolsProtocol):
    """Counts what comes beside bodies, since llhttp gathers headers for as long as they come."""

    _beside = 0

    def data_received(self, data: bytes) -> None:
        """Take what a client has sent; hang up when its head is too large."""
        self._beside += len(data)
        super().data_received(data)
        if self._beside > HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(TOO_LARGE)
            self.transport.close()

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body."""
        self._beside = max(0, self._beside - len(body) - FRAME_BYTES)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Take the end of a request; what follows is another one."""
        self._beside = 0
        super().on_message_complete()
