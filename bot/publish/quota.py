"""How much may go out in a day (UTC), and how much of it is left.

What exceeds it is held in the outbox until a later day; see `bot.ledger.ration`.
"""

from dataclasses import dataclass
from typing import Final

from bot.ledger import Ledger, RationedOutbox
from bot.rules import Hit
from bot.settings.publishing import PublishSettings
from bot.settings.rules import Tier

TIERS: Final[tuple[Tier, ...]] = ("low", "medium", "high")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """The day's quotas. A flag is an upload with a suggestion, whatever edits that takes."""

    edits_per_day: int
    edits_made: int
    flags_per_day: int
    flags_sent: int
    held: int  # uploads that wait for another day

    @property
    def edits_left(self) -> int:
        """How many edits may still be made today."""
        return max(0, self.edits_per_day - self.edits_made)

    @property
    def flags_left(self) -> int:
        """How many uploads may still be suggested today."""
        return max(0, self.flags_per_day - self.flags_sent)


def quota_of(ledger: Ledger, settings: PublishSettings) -> Quota:
    """Return where the day's quotas stand."""
    spent = ledger.ration.spent()
    return Quota(
        edits_per_day=settings.edits_per_day,
        edits_made=spent.edits,
        flags_per_day=settings.flags_per_day,
        flags_sent=spent.flags,
        held=spent.held,
    )


def rationed(ledger: Ledger, settings: PublishSettings) -> RationedOutbox:
    """Return the outbox that gives out no more than the settings allow."""
    return ledger.rationed(
        edits_per_day=settings.edits_per_day, flags_per_day=settings.flags_per_day
    )


def weight_of(hit: Hit) -> float:
    """Return how much a suggestion weighs against others: its tier first, then its confidence."""
    return TIERS.index(hit.tier) + hit.confidence
