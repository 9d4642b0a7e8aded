"""The files that people decided about, and whether they suffice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.collecting.reviewed import LABELS, reviewed_files
from bot.collecting.wanted import Wanted
from bot.ledger import Ledger
from bot.retraining.plan import Plan
from bot.review.outcomes import Answer
from bot.settings.reviewing import ReviewSettings

HIT = LABELS[Answer.HIT]
MISS = LABELS[Answer.MISS]


@dataclass(frozen=True, slots=True)
class Decided:
    """Pictures with a decision, the newest of them, and why others are left out."""

    wanted: Sequence[Wanted]
    left_out: Mapping[str, int]

    def lacking(self, fewest: int, fewest_each: int) -> str:
        """Return what is missing to learn from them; empty if nothing is."""
        counts = Counter(one.label for one in self.wanted)
        each = {label: counts[label] for label in (HIT, MISS)}
        told = ", ".join(f"{count} {label}" for label, count in each.items())
        if sum(each.values()) < fewest:
            return (
                f"not enough decisions yet: {sum(each.values())} of at least {fewest} pictures "
                f"({told})"
            )
        if min(each.values()) < fewest_each:
            return (
                f"not enough decisions yet: {told}, and at least {fewest_each} of each are needed"
            )
        return ""


def decided(ledger: Ledger, plan: Plan, settings: ReviewSettings) -> Decided:
    """Return the pictures that people decided about in the plan's span, at most its number."""
    found = reviewed_files(ledger, settings, since=plan.since, until=plan.until)
    left_out = dict(found.left_out)
    surplus = len(found.wanted) - plan.most
    if surplus > 0:
        left_out["older than those that count"] = surplus
    return Decided(found.wanted[-plan.most :], left_out)
