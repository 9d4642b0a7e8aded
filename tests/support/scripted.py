"""A web server that answers as it is told: for answers that no well-behaved server gives."""

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

SHUTDOWN_POLL_S = 0.02
TICK_S = 0.02
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER on with 0 s: close() sends RST (man 7 socket)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer, and how it goes wrong on its way."""

    status: int = 200
    body: bytes = b""
    kind: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    promised: int | None = None  # the Content-Length announced; None tells the truth
    after_s: float = 0.0  # how long the server thinks
    bytes_per_s: float | None = None
    silent: bool = False  # nothing at all until the server stops
    reset: bool = False  # the connection breaks instead of an answer
    keep: bool = False  # the connection, for the next request


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    form: Mapping[str, str]  # of the body, else of the query


Script = Callable[[Asked], Reply]


def in_turn(*replies: Reply) -> Script:
    """Answer with one reply after the other, and with the last one from then on."""
    left = list(replies)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def as_json(data: Any, **headers: str) -> Reply:
    """Return `data` as a web service answers it; `Retry_After` names the header Retry-After."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(body=json.dumps(data).encode(), kind="application/json", headers=named)


class ScriptedServer:
    """Answers on loopback as its script says; a context manager."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[Asked] = []
        self.stopping = threading.Event()
        self.most_at_once = 0
        self.connections = 0
        self._thinking = 0
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self.netloc = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.netloc}"

    def __enter__(self) -> Self:
        poll = (SHUTDOWN_POLL_S,)
        threading.Thread(target=self._server.serve_forever, args=poll, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def think(self, asked: Asked) -> Reply:
        """Note a request and return what it gets, after the time that takes."""
        with self._lock:
            self.requests.append(asked)
            self._thinking += 1
            self.most_at_once = max(self.most_at_once, self._thinking)
        reply = self.script(asked)
        self.stopping.wait(reply.after_s)
        with self._lock:
            self._thinking -= 1
        return reply


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    owner: ScriptedServer


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.server.owner.connections += 1

    def do_GET(self) -> None:
        self._answer(urlsplit(self.path).query)

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""

    def _answer(self, form: str) -> None:
        asked = Asked(self.command, self.path, dict(self.headers), dict(parse_qsl(form)))
        reply = self.server.owner.think(asked)
        with contextlib.suppress(ConnectionError):  # the client had enough, as many tests want it
            self._send(reply)

    def _send(self, reply: Reply) -> None:
        self.close_connection = not reply.keep
        if reply.silent:
            self.server.owner.stopping.wait()
        elif reply.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            # The web server holds further references, which would delay the close.
            socket.close(self.connection.detach())
        else:
            self._send_head(reply)
            self._send_body(reply)

    def _send_head(self, reply: Reply) -> None:
        length = len(reply.body) if reply.promised is None else reply.promised
        after = "keep-alive" if reply.keep else "close"
        told = {"Content-Type": reply.kind, "Content-Length": str(length), "Connection": after}
        self.send_response(reply.status)
        for name, value in (told | dict(reply.headers)).items():
            self.send_header(name, value)
        self.end_headers()

    def _send_body(self, reply: Reply) -> None:
        if reply.bytes_per_s is None:
            self.wfile.write(reply.body)
            return
        size = max(1, round(reply.bytes_per_s * TICK_S))
        for start in range(0, len(reply.body), size):
            self.wfile.write(reply.body[start : start + size])
            if self.server.owner.stopping.wait(TICK_S):
                return
