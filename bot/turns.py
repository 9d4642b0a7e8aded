"""Work that is done turn by turn, and what a failed turn means for the next."""

import time
from collections.abc import Callable, Sequence
from threading import Event, Thread
from typing import TypeVar

import structlog

from bot.errors import LedgerBusy, Never, RetryLater
from bot.pauses import full_jitter

log = structlog.get_logger(__name__)
Result = TypeVar("Result")

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 300.0
LONGEST_LEDGER_PAUSE_S = 15.0
REFUSED_PAUSE_S = 900.0  # before an edit that was refused for its content is tried again


def patiently(ask: Callable[[], Result], *, wait: Callable[[float], object] = time.sleep) -> Result:
    """Return what the ledger answers, as soon as it can be had.

    Args:
        ask: Asks it something, or opens it.
        wait: Lets so many seconds pass.

    Raises:
        LedgerUnusable: a person has to act.
    """
    failures = 0
    while True:
        try:
            return ask()
        except LedgerBusy as error:
            failures += 1
            pause = full_jitter(failures, first_s=FIRST_PAUSE_S, longest_s=LONGEST_LEDGER_PAUSE_S)
            log.warning("ledger.waiting", error=str(error), seconds=round(pause, 1))
            wait(pause)


def repeat(
    turn: Callable[[], int],
    *,
    stop: Event,
    idle_s: Callable[[], float],
    beat: Callable[[float, Exception | None], None] = lambda *_: None,
) -> None:
    """Take turns until stopped; pause when there is nothing to do or the wiki asks for it.

    Args:
        turn: Does some work and returns how much it did.
        stop: Ends the turns, and every pause between them.
        idle_s: How many seconds to pause after a turn that found nothing to do.
        beat: Told after each turn for how many seconds there is a pause, and what went wrong.

    Raises:
        Stop: which a turn raised; a person has to mend something.
    """
    failures = 0
    while not stop.is_set():
        trouble: Exception | None = None
        try:
            busy = turn()
        except RetryLater as error:
            failures, trouble = failures + 1, error
            pause = error.retry_after or full_jitter(
                failures, first_s=FIRST_PAUSE_S, longest_s=LONGEST_PAUSE_S
            )
            log.warning("patrol.pause", error=str(error), seconds=round(pause, 1))
        except Never as error:
            pause, trouble = REFUSED_PAUSE_S, error
            log.warning("patrol.refused", error=str(error), seconds=pause)
        else:
            failures = 0
            pause = 0.0 if busy else idle_s()
        beat(pause, trouble)
        stop.wait(pause)


def join_all(threads: Sequence[Thread], timeout_s: float) -> None:
    """Wait until all of them have ended, but no longer than that in all."""
    deadline = time.monotonic() + timeout_s
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
