"""Whether the bot is alive, and whether it can do its work.

Not alive means that a restart would help. Not ready may have its cause elsewhere.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.errors import LookoutError
from bot.watching.vitals import Vitals


@dataclass(frozen=True, slots=True)
class Health:
    """Answers with a list of what is wrong, in words; an empty one is good."""

    vitals: Vitals
    stalled_s: float  # a turn may be overdue for this long
    connected: Callable[[], bool]  # whether the stream is being read
    ask_ledger: Callable[[], object]  # any cheap question

    def live(self) -> Sequence[str]:
        """Return the threads that no longer take their turns."""
        return [
            f"{thread} should have taken a turn {seconds:.0f} s ago"
            for thread, seconds in self.vitals.overdue_s().items()
            if seconds > self.stalled_s
        ]

    def ready(self) -> Sequence[str]:
        """Return what is missing for the work."""
        wrong = [] if self.vitals.model else ["the model is not loaded"]
        if not self.connected():
            wrong.append("the event stream is not connected")
        return [*wrong, *self._ledger()]

    def _ledger(self) -> Sequence[str]:
        try:
            self.ask_ledger()
        except LookoutError as error:
            return [f"the ledger does not answer: {error}"]
        return []
