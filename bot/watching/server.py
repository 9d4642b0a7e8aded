"""Serves `/livez`, `/readyz` and `/metrics` from a thread of its own."""

import threading
from collections.abc import Callable, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import structlog
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from bot.errors import ConfigInvalid
from bot.watching.health import Health

log = structlog.get_logger(__name__)

POLL_S = 0.1  # how soon the thread ends
PATIENCE_S = 10.0  # with a client that says nothing
TEXT = "text/plain; charset=utf-8"

Answer = tuple[HTTPStatus, str, bytes]


class WatchServer:
    """Listens from the start, and answers within the context.

    Raises:
        ConfigInvalid: the port cannot be had.
    """

    def __init__(self, host: str, port: int, health: Health, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._routes: dict[str, Callable[[str], Answer]] = {
            "/livez": lambda _: _verdict(health.live()),
            "/readyz": lambda _: _verdict(health.ready()),
            "/metrics": self._metrics,
        }
        try:
            self._server = _Server((host, port), _Handler)
        except OSError as error:
            raise ConfigInvalid(
                f"watch.port {port} on {host} cannot be had: {error}. Choose another, or 0 for none"
            ) from error
        self._server.answer = self.answer
        self.port: int = self._server.server_port

    def __enter__(self) -> Self:
        threading.Thread(
            target=self._server.serve_forever, args=(POLL_S,), name="watch", daemon=True
        ).start()
        log.info("watch.listening", port=self.port)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, accept: str) -> Answer:
        """Return the answer to one GET, given the Accept header."""
        route = self._routes.get(path.partition("?")[0])
        if route is None:
            known = ", ".join(self._routes)
            return HTTPStatus.NOT_FOUND, TEXT, f"not found; there are {known}\n".encode()
        return route(accept)

    def _metrics(self, accept: str) -> Answer:
        encode, kind = choose_encoder(accept)
        return HTTPStatus.OK, kind, encode(self._registry)


def _verdict(wrong: Sequence[str]) -> Answer:
    status = HTTPStatus.SERVICE_UNAVAILABLE if wrong else HTTPStatus.OK
    return status, TEXT, ("\n".join(wrong or ["ok"]) + "\n").encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    answer: Callable[[str, str], Answer]


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = PATIENCE_S

    def do_GET(self) -> None:
        """Answer."""
        status, kind, body = self.server.answer(self.path, self.headers.get("Accept", ""))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing: a health check every ten seconds would drown the log."""
