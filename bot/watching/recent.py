"""A figure that is dear to count, counted no more often than it changes much."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Figure = TypeVar("Figure")


class Recent(Generic[Figure]):
    """Counts when asked, unless that was done a moment ago. Safe to share.

    Args:
        count: Counts; what it raises is raised to the asker, and nothing is kept.
        for_s: How long a count is good for, in seconds.
        clock: Tells the time in seconds; it never goes back.
    """

    def __init__(
        self,
        count: Callable[[], Figure],
        for_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._count = count
        self._for_s = for_s
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: tuple[float, Figure] | None = None

    def __call__(self) -> Figure:
        """Return the count; others who ask meanwhile wait for it and get the same."""
        with self._lock:
            if self._kept is None or self._clock() - self._kept[0] > self._for_s:
                self._kept = None
                figure = self._count()
                self._kept = (self._clock(), figure)
            return self._kept[1]
