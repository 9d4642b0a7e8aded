"""One gate for all requests to the wiki and its files: whoever is told to wait tells everybody.

Wikimedia counts the requests of a client, not those of its threads
(https://www.mediawiki.org/wiki/API:Etiquette). A closed gate does not block: the turn that meets
it ends, and comes back after the pause that is left.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.errors import GateClosed, ServerBusy


class Patience:
    """How long the other side wants to be left alone. Safe to share between threads.

    Args:
        clock: Tells the time in seconds; it never goes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = 0.0
        self._reason = ""

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Ask something in this context.

        Raises:
            GateClosed: somebody was told to wait, and the time is not over; nothing was asked.
        """
        left = self._until - self._clock()
        if left > 0:
            raise GateClosed(f"told to wait, since {self._reason}", retry_after=left)
        try:
            yield
        except ServerBusy as error:
            self._close(error)
            raise

    def _close(self, error: ServerBusy) -> None:
        """Take over a longer pause. Should two threads do so at once, one asks once too often."""
        until = self._clock() + (error.retry_after or 0.0)
        if until > self._until:
            self._until, self._reason = until, str(error)
