"""Leases kept while a batch lasts, and not more often than they need it."""

import time
from collections.abc import Callable, Sequence

from bot.ledger import Job, Queue

SHARE = 1 / 3  # of a lease that passes before it is renewed


class LeaseKeeper:
    """Renews the leases of one batch, which was claimed just now.

    Args:
        queue: Where they were claimed.
        lease_s: How long a lease lasts, in seconds.
        clock: Tells the time in seconds; it never goes back.
    """

    def __init__(
        self, queue: Queue, lease_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._queue = queue
        self._lease_s = lease_s
        self._clock = clock
        self._renewed = clock()

    def keep(self, jobs: Sequence[Job]) -> None:
        """Renew the leases of `jobs` once a third of them has passed: every renewal is a commit."""
        now = self._clock()
        if now - self._renewed >= SHARE * self._lease_s:
            self._queue.renew(jobs, lease_s=self._lease_s)
            self._renewed = now
