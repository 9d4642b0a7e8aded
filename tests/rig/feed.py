"""Carries MediaWiki's RCFeed lines (UDP) to the event stream."""

import json
import socket
import threading
from collections.abc import Callable
from typing import Any

LARGEST_DATAGRAM_BYTES = 65_535
BUFFER_BYTES = 8 * 1024 * 1024
"""Room for a burst while the interpreter is busy: UDP loses what does not fit."""
DRAIN_TIMEOUT_S = 10.0

_DRAIN = b"drain"
_STOP = b"stop"

Event = dict[str, Any]


class Feed:
    """Receives on a free port and hands every event to `publish`, in the order of arrival."""

    def __init__(self, publish: Callable[[Event], None]) -> None:
        self._publish = publish
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        self._socket.bind(("127.0.0.1", 0))
        self._drained = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where to send."""
        port: int = self._socket.getsockname()[1]
        return port

    def drain(self) -> None:
        """Return when everything sent so far has been published."""
        self._drained.clear()
        self._send(_DRAIN)
        if not self._drained.wait(DRAIN_TIMEOUT_S):
            raise TimeoutError("the feed's thread does not answer: see the log for its error")

    def stop(self) -> None:
        """Free the port."""
        self._send(_STOP)
        self._thread.join()
        self._socket.close()

    def _send(self, word: bytes) -> None:
        self._socket.sendto(word, self._socket.getsockname())

    def _run(self) -> None:
        while (datagram := self._socket.recv(LARGEST_DATAGRAM_BYTES)) != _STOP:
            if datagram == _DRAIN:
                self._drained.set()
            else:
                self._publish(json.loads(datagram))
