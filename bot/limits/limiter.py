"""Waits for what a meter grants, in the terms of our error tree."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import structlog

from bot.errors import GateClosed
from bot.limits.meter import Answer, Meter

log = structlog.get_logger(__name__)

LONGEST_WAIT_S: Final = 30.0  # for one grant; then the turn ends, and its files are given back
LEASE_S: Final = 45.0  # of a place, unless told otherwise; reading renews it
AGAIN_S: Final = 1.0  # at least, before one who was sent away comes again


@dataclass(frozen=True, slots=True)
class Place:
    """Stands for one fetch under way. `read` is asked before bytes are read."""

    read: Callable[[int], None]


class Limiter:
    """Lets requests through as the meter grants them. Safe to share between threads.

    Args:
        meter: Counts for everybody.
        urgent: Goes first: the bot, as against a backfill.
        stop: Ends every wait.
        lease_s: For how long a place is kept without a byte being read, in seconds: longer than
            whoever fetches would wait for one.
    """

    def __init__(
        self,
        meter: Meter,
        *,
        urgent: bool = False,
        stop: threading.Event | None = None,
        lease_s: float = LEASE_S,
    ) -> None:
        self._meter = meter
        self._urgent = urgent
        self._lease_s = lease_s
        self._stop = stop or threading.Event()

    @contextmanager
    def fetching(self) -> Iterator[Place]:
        """Have a place among the fetches, for one request and for reading its answer.

        Raises:
            GateClosed: all were told to wait, it took too long, or the meter is out of reach.
        """
        holder = uuid.uuid4().hex
        lease_s, urgent = self._lease_s, self._urgent
        self._wait(lambda: self._meter.enter(holder, lease_s=lease_s, urgent=urgent))

        def read(size: int) -> None:
            self._wait(lambda: self._meter.spend(holder, size, lease_s=lease_s))

        try:
            yield Place(read)
        finally:
            self._meter.leave(holder)

    @contextmanager
    def calling(self) -> Iterator[None]:
        """Make one request to api.php in this context, when it may be; raises as `fetching`."""
        holder = uuid.uuid4().hex
        self._wait(lambda: self._meter.call(holder, urgent=self._urgent))
        try:
            yield
        finally:
            self._meter.answered(holder)

    def tell(self, seconds: float, why: str) -> None:
        """Tell everybody that the other side wants to be left alone for so long."""
        try:
            self._meter.close(seconds, why)
        except GateClosed as error:
            # Out of reach it lets nobody in either.
            log.warning("limits.not-told", seconds=seconds, error=str(error))

    def _wait(self, ask: Callable[[], Answer]) -> None:
        deadline = time.monotonic() + LONGEST_WAIT_S
        while not (answer := ask()).granted:
            late = time.monotonic() + answer.wait_s > deadline
            if answer.final or late or self._stop.wait(answer.wait_s):
                raise GateClosed(
                    f"not let through: {answer.why}", retry_after=max(AGAIN_S, answer.wait_s)
                )
