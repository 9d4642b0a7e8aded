"""One gate for all requests to the wiki and its files: whoever is told to wait tells everybody.

Wikimedia counts the requests of a client, not those of its threads
(https://www.mediawiki.org/wiki/API:Etiquette). A closed gate does not block: the turn that meets
it ends, and comes back after the pause that is left.

Where several processes ask, a limiter keeps them within what is allowed to all of them, and passes
on what one of them is told.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from bot.errors import GateClosed, ServerBusy
from bot.limits import Limiter
from bot.limits.limiter import Place


class Patience:
    """How long the other side wants to be left alone. Safe to share between threads.

    Args:
        clock: Tells the time in seconds; it never goes back.
        limiter: What all processes have to keep to together; None for a bot that is alone.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, limiter: Limiter | None = None
    ) -> None:
        self._clock = clock
        self._limiter = limiter
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
        except GateClosed:
            raise  # nobody of the other side has said so just now
        except ServerBusy as error:
            self._close(error)
            raise

    def fetching(self) -> AbstractContextManager[Place | None]:
        """Have a place among the fetches; None when nobody counts them. See `Limiter.fetching`."""
        return self._limiter.fetching() if self._limiter else nullcontext()

    def calling(self) -> AbstractContextManager[None]:
        """Make one request to api.php in this context; see `Limiter.calling`."""
        return self._limiter.calling() if self._limiter else nullcontext()

    def _close(self, error: ServerBusy) -> None:
        """Take over a longer pause. Should two threads do so at once, one asks once too often."""
        until = self._clock() + (error.retry_after or 0.0)
        if until > self._until:
            self._until, self._reason = until, str(error)
        if self._limiter and error.retry_after:
            self._limiter.tell(error.retry_after, str(error))
