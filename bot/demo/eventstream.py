"""A look-alike of Wikimedia's EventStreams service on loopback.

It serves the stream `mediawiki.recentchange` as https://stream.wikimedia.org does, from events
handed to `EventStreamServer.publish`, with faults that can be switched on while it runs.
"""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from bot.demo.faults import CutHow, Faults, Refusal
from bot.demo.recentchange import STREAM, canary, completed
from bot.demo.service import ROUTE, SeenRequest, StreamService
from bot.demo.topic import Event, Topic

__all__ = ["EventStreamServer", "Faults", "Refusal", "SeenRequest"]

SHUTDOWN_POLL_S = 0.05


class EventStreamServer:
    """Serves what is published to any number of clients; a context manager.

    Args:
        host: Address to listen on.
        port: 0 chooses a free one.
        domain: The wiki that completed events claim to come from.
        history_file: Keeps the events over a restart, so that `since` reaches back.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        domain: str = "commons.wikimedia.org",
        history_file: Path | None = None,
    ) -> None:
        self.faults = Faults()
        self._domain = domain
        self._topic = Topic(history_file)
        self._service = StreamService((host, port), self._topic, self.faults)
        self._thread = threading.Thread(
            target=self._service.serve_forever, args=(SHUTDOWN_POLL_S,), daemon=True
        )
        self.url = f"http://{host}:{self._service.server_port}{ROUTE}{STREAM}"

    def start(self) -> None:
        """Begin to answer at `url`."""
        self._thread.start()

    def stop(self) -> None:
        """Break off every connection, as a killed server does, and free the port."""
        if self._thread.is_alive():
            self._service.shutdown()
            self._thread.join()
        self._service.server_close()
        self._service.break_off()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def publish(self, event: Mapping[str, Any]) -> None:
        """Send a recentchange body to every client, completed where fields are missing.

        An event that brings its own `meta.dt` keeps it: `since` finds it at that time.
        """
        body = completed(event, domain=self._domain)
        if self.faults.take("drop"):
            return
        copies = 2 if self.faults.take("duplicate") else 1
        delay_s = self.faults.delay_s + (self.faults.late_s if self.faults.take("late") else 0.0)
        for _ in range(copies):
            self._append(body, delay_s)

    def canary(self) -> None:
        """Send the artificial event that keeps a quiet stream's monitoring alive."""
        self._append(canary(), self.faults.delay_s)

    def cut(self, how: CutHow = "close") -> None:
        """End every connection that is open now."""
        self._service.cut(how)

    @property
    def requests(self) -> Sequence[SeenRequest]:
        """Every request so far, oldest first."""
        return tuple(self._service.requests)

    @property
    def open_connections(self) -> int:
        """The number of clients now reading."""
        return self._service.open_connections

    def wait_for_clients(self, count: int = 1, timeout_s: float = 10.0) -> bool:
        """Wait until `count` clients read; false when they did not come in time."""
        return self._service.wait_for_clients(count, timeout_s)

    def _append(self, event: Event, delay_s: float) -> None:
        if not delay_s:
            self._topic.append(event)
            return
        timer = threading.Timer(delay_s, self._topic.append, [event])
        timer.daemon = True
        timer.start()
