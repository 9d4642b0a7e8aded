"""Work that is done turn by turn, and what a failed turn means for the next."""

from collections.abc import Callable
from threading import Event

import structlog

from bot.errors import Never, RetryLater
from bot.pauses import full_jitter

log = structlog.get_logger(__name__)

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 300.0
REFUSED_PAUSE_S = 900.0  # before an edit that was refused for its content is tried again


def repeat(
    turn: Callable[[], int],
    *,
    stop: Event,
    idle_s: Callable[[], float],
    beat: Callable[[float], None] = lambda _: None,
) -> None:
    """Take turns until stopped; pause when there is nothing to do or the wiki asks for it.

    Args:
        turn: Does some work and returns how much it did.
        stop: Ends the turns, and every pause between them.
        idle_s: How many seconds to pause after a turn that found nothing to do.
        beat: Told after each turn for how many seconds there is a pause.

    Raises:
        Stop: which a turn raised; a person has to mend something.
    """
    failures = 0
    while not stop.is_set():
        try:
            busy = turn()
        except RetryLater as error:
            failures += 1
            pause = error.retry_after or full_jitter(
                failures, first_s=FIRST_PAUSE_S, longest_s=LONGEST_PAUSE_S
            )
            log.warning("patrol.pause", error=str(error), seconds=round(pause, 1))
        except Never as error:
            pause = REFUSED_PAUSE_S
            log.warning("patrol.refused", error=str(error), seconds=pause)
        else:
            failures = 0
            pause = 0.0 if busy else idle_s()
        beat(pause)
        stop.wait(pause)
