"""The HTTP side of the stream: requests in, connections out."""

import json
import logging
import sys
import threading
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from bot.demo import position
from bot.demo.connection import Connection
from bot.demo.faults import CutHow, Faults
from bot.demo.recentchange import STREAM
from bot.demo.topic import Topic
from bot.demo.wire import Refused, http_error

ROUTE = "/v2/stream/"
STREAM_NAMES = frozenset({STREAM, "recentchange"})
STOP_TIMEOUT_S = 5.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SeenRequest:
    """How a client asked, and the HTTP status that it got."""

    path: str
    last_event_id: str | None
    user_agent: str | None
    status: int

    @property
    def since(self) -> str | None:
        """The `since` parameter."""
        return _parameter(self.path, "since")


class StreamService(ThreadingHTTPServer):
    """Answers requests for the stream and keeps the connections that they open."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], topic: Topic, faults: Faults) -> None:
        super().__init__(address, _Handler)
        self.topic = topic
        self.faults = faults
        self.requests: list[SeenRequest] = []
        self._connections: set[Connection] = set()
        self._changed = threading.Condition()

    def follow(self, connection: Connection) -> None:
        """Serve `connection` until it ends."""
        with self._changed:
            self._connections.add(connection)
            self._changed.notify_all()
        try:
            connection.serve()
        finally:
            with self._changed:
                self._connections.remove(connection)
                self._changed.notify_all()

    def cut(self, how: CutHow) -> None:
        """End every connection that is open now."""
        with self._changed:
            for connection in self._connections:
                connection.cut(how)

    def break_off(self) -> None:
        """Drop every connection as a killed server does."""
        with self._changed:
            for connection in self._connections:
                connection.stop()
            self._changed.wait_for(lambda: not self._connections, STOP_TIMEOUT_S)

    def wait_for_clients(self, count: int, timeout_s: float) -> bool:
        """Wait until `count` clients read; false when they did not come in time."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._connections) >= count, timeout_s)

    @property
    def open_connections(self) -> int:
        """The number of clients now reading."""
        with self._changed:
            return len(self._connections)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what went wrong; a client that left in the middle of a write is no fault."""
        del request
        if isinstance(sys.exception(), OSError):
            log.debug("client %s left", client_address)
        else:
            log.error("request of %s failed", client_address, exc_info=sys.exception())


class _Handler(BaseHTTPRequestHandler):
    """One request; only HTTP lives here."""

    protocol_version = "HTTP/1.1"
    server: StreamService

    def do_GET(self) -> None:
        try:
            start = self._start()
        except Refused as refused:
            self._answer(refused.status, refused.body)
            return
        if refusal := self.server.faults.take_refusal():
            self._answer(HTTPStatus(refusal.status), {}, retry_after=refusal.retry_after)
            return
        self._stream(start)

    def _start(self) -> position.Position:
        url = urlsplit(self.path)
        if not url.path.startswith(ROUTE):
            raise http_error(HTTPStatus.NOT_FOUND, "not_found", "Not Found", self.path)
        asked = unquote(url.path.removeprefix(ROUTE)).split(",")
        if invalid := [name for name in asked if name not in STREAM_NAMES]:
            detail = f"Invalid streams: {','.join(invalid)}"
            raise http_error(HTTPStatus.BAD_REQUEST, "not_found", "Stream Not Found", detail)
        return position.start(
            self.server.topic,
            last_event_id=self.headers["Last-Event-ID"],
            since=_parameter(self.path, "since"),
        )

    def _stream(self, start: position.Position) -> None:
        sse = not self.headers.get("Accept", "").startswith("application/json")
        kind = "text/event-stream" if sse else "application/json"
        self._note(HTTPStatus.OK)
        self.send_response_only(HTTPStatus.OK)
        self.send_header("content-type", f"{kind}; charset=utf-8")
        self.send_header("cache-control", "no-cache")
        self.send_header("connection", "keep-alive")
        self.send_header("access-control-allow-origin", "*")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        self.close_connection = True
        server = self.server
        server.follow(Connection(self.connection, server.topic, start, server.faults, sse=sse))

    def _answer(
        self, status: HTTPStatus, body: dict[str, Any], *, retry_after: int | None = None
    ) -> None:
        self._note(status)
        content = json.dumps(body).encode() + b"\n"
        self.send_response_only(status)
        if retry_after is not None:
            self.send_header("retry-after", str(retry_after))
        self.send_header("content-type", "application/json; charset=utf-8")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _note(self, status: HTTPStatus) -> None:
        headers = self.headers
        self.server.requests.append(
            SeenRequest(self.path, headers["Last-Event-ID"], headers["User-Agent"], status)
        )

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class's name)
        log.debug(format, *args)


def _parameter(path: str, name: str) -> str | None:
    return parse_qs(urlsplit(path).query).get(name, [None])[-1]
