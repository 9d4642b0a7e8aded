"""The words by which people decide on the pages, each with its key."""

from dataclasses import dataclass
from typing import Final

from bot.review.outcomes import MEANING, Answer, Outcome


@dataclass(frozen=True, slots=True)
class Choice:
    """One button. `meaning` says what it counts as."""

    outcome: Outcome
    key: str
    label: str
    help: str

    @property
    def answer(self) -> Answer:
        """What it says about the suggestion."""
        return MEANING[self.outcome]


# Deletions and kept requests are read from the wiki's logs: nobody need say them here.
CHOICES: Final = (
    Choice(Outcome.OK, "o", "OK", "looked at, nothing to be done"),
    Choice(Outcome.FALSE_POSITIVE, "f", "False positive", "not what the suggestion says"),
    Choice(Outcome.SCOPE, "s", "Out of scope", "nominated for deletion as out of scope"),
    Choice(Outcome.COPYVIO, "c", "Copyvio", "a copyright problem"),
    Choice(Outcome.UNSURE, "n", "Not sure", "somebody else should look"),
)
