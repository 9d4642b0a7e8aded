"""A lease kept for as long as its work lasts."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from bot.errors import LedgerBusy
from bot.ledger import Job, Queue

log = structlog.get_logger(__name__)

RENEWALS_PER_LEASE = 3


@contextmanager
def renewed(queue: Queue, job: Job, *, lease_s: float) -> Iterator[None]:
    """Renew the lease of `job` again and again, from a thread that dies with the process.

    A killed bot thus loses the lease after `lease_s`, and a slow one does not.
    """
    done = threading.Event()
    keeper = threading.Thread(
        target=_keep, args=(queue, job, lease_s, done), name="lease", daemon=True
    )
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()


def _keep(queue: Queue, job: Job, lease_s: float, done: threading.Event) -> None:
    while not done.wait(lease_s / RENEWALS_PER_LEASE):
        try:
            queue.renew([job], lease_s=lease_s)
        except LedgerBusy as error:
            log.warning("video.lease-not-renewed", title=job.title, error=str(error))
