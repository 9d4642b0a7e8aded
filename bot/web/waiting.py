"""A bounded queue: what does not fit is refused at once, rather than answered too late."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from bot.web.problems import busy

SECONDS_EACH: Final = 0.05  # of a picture; a guess that only shapes Retry-After


class Places:
    """Places for pictures that are decoded, scored, or wait for it. For one event loop.

    Args:
        size: Of all together. A request that alone wants more is let in when nobody else is.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._taken = 0

    @contextmanager
    def take(self, count: int) -> Iterator[None]:
        """Hold places for as long as the context lasts.

        Raises:
            HTTPException: 429 with Retry-After, when they are taken.
        """
        if self._taken and self._taken + count > self._size:
            raise busy("the queue is full", self._taken * SECONDS_EACH)
        self._taken += count
        try:
            yield
        finally:
            self._taken -= count
