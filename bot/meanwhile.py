"""Something done again and again beside a piece of work, by a thread that dies with the process.

So what is renewed that way lasts as long as a slow worker lives, and not after one was killed.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from bot.errors import LedgerBusy

log = structlog.get_logger(__name__)

RENEWALS_PER_LEASE = 3


@contextmanager
def renewing(renew: Callable[[], object], *, lease_s: float, what: str) -> Iterator[None]:
    """Call `renew` three times in each `lease_s` seconds, for as long as the context lasts.

    A ledger that is busy is asked again the next time; `what` names the work in the log then.
    """
    done = threading.Event()
    parts = (renew, lease_s / RENEWALS_PER_LEASE, what, done)
    keeper = threading.Thread(target=_keep, args=parts, name="lease", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()


def _keep(renew: Callable[[], object], pause_s: float, what: str, done: threading.Event) -> None:
    while not done.wait(pause_s):
        try:
            renew()
        except LedgerBusy as error:
            log.warning("lease.not-renewed", what=what, error=str(error))
