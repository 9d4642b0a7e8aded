"""SIGTERM and SIGINT as an event."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue


class Stopping:
    """An event that signals set. A handler may call `at_signal` in the midst of anything."""

    def __init__(self) -> None:
        self.event = threading.Event()
        # Only SimpleQueue.put may be called by a signal handler in the midst of anything.
        self._told: SimpleQueue[None] = SimpleQueue()
        threading.Thread(target=self._wait, daemon=True, name="stopping").start()

    def at_signal(self) -> None:
        """Have the event set, by another thread."""
        self._told.put(None)

    def _wait(self) -> None:
        self._told.get()
        self.event.set()


@contextmanager
def stopping() -> Iterator[Stopping]:
    """Lend an event that SIGTERM and SIGINT set."""
    stop = Stopping()
    before = {
        number: signal.signal(number, lambda *_: stop.at_signal())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        stop.at_signal()
