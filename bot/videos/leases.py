"""A lease kept for as long as its work lasts."""

from contextlib import AbstractContextManager

from bot.ledger import Job, Queue
from bot.meanwhile import renewing


def renewed(queue: Queue, job: Job, *, lease_s: float) -> AbstractContextManager[None]:
    """Renew the lease of `job` in this context; see `bot.meanwhile`.

    A killed bot thus loses the lease after `lease_s`, and a slow one does not.
    """
    return renewing(lambda: queue.renew([job], lease_s=lease_s), lease_s=lease_s, what=job.title)
