"""Asks the wiki as often as it takes, and waits for as long as it says."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

from bot.errors import GateClosed, RetryLater
from bot.pauses import full_jitter

Result = TypeVar("Result")

TRIES: Final = 5
FIRST_PAUSE_S: Final = 2.0
LONGEST_PAUSE_S: Final = 60.0


class Waiting:
    """Tries again after a pause, which is the one that the wiki names if it does.

    Args:
        say: Told why, and for how long.
        sleep: Lets so many seconds pass.
    """

    def __init__(
        self, say: Callable[[str], None], sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self._say = say
        self._sleep = sleep

    def ask(self, question: Callable[[], Result]) -> Result:
        """Return the answer.

        Raises:
            RetryLater: There was none in `TRIES` tries.
        """
        failures = 0
        while True:
            try:
                return question()
            except RetryLater as error:
                # A closed gate is no failure: nothing was asked.
                failures += not isinstance(error, GateClosed)
                if failures >= TRIES:
                    raise
                pause = error.retry_after or full_jitter(
                    failures + 1, first_s=FIRST_PAUSE_S, longest_s=LONGEST_PAUSE_S
                )
                self._say(f"{error}: waiting for {pause:.0f} s")
                self._sleep(pause)
