"""What people's decisions change in the scoring of new uploads: little, and it is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.ledger import Ledger
from bot.publish.page import AUDIT_RULE
from bot.review.fine import FineFiles, Like
from bot.review.sample import is_drawn
from bot.rules import Hit, Verdict, View
from bot.settings.reviewing import ReviewSettings

DRAWN: Final = Hit(
    rule=AUDIT_RULE, actions=(), confidence=0.0, place="", tier="low", reason="drawn by lot"
)


@dataclass(frozen=True, slots=True)
class Recalled:
    """What is known of a file that a rule suggests.

    Attributes:
        same: The title under which this very content was marked fine: it is not suggested again.
        like: The nearest file that was marked fine, if one is near: the suggestion says so.
    """

    same: str | None = None
    like: Like | None = None


NOTHING: Final = Recalled()


class Recall:
    """Asks what was marked fine, and draws the audit sample."""

    def __init__(self, ledger: Ledger) -> None:
        self._fine = FineFiles(ledger)

    def of(
        self, sha1: str, views: Sequence[View], verdict: Verdict, settings: ReviewSettings
    ) -> Recalled:
        """Return what is known of a file; nothing of one that no rule suggests."""
        hit = verdict.review
        if hit is None:
            return NOTHING
        same = self._fine.same(sha1, settings)
        shown = [view.fingerprint for view in views if view.place == hit.place]
        return Recalled(same, None if same else self._fine.like(shown, settings))


def audited(log_id: int, verdict: Verdict, settings: ReviewSettings) -> bool:
    """Tell whether people are asked about a file that no rule suggests."""
    rate, seed = settings.audit_rate, settings.audit_seed
    return verdict.review is None and is_drawn(log_id, rate=rate, seed=seed)
