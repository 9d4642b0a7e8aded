"""Each suggestion, with what people made of it."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.ledger import Ledger, Review, Suggestion
from bot.review.consensus import Settled, settle
from bot.review.outcomes import Answer
from bot.settings.reviewing import ReviewSettings

AT_ONCE: Final = 500  # uploads whose reviews one query asks for


@dataclass(frozen=True, slots=True)
class Case:
    """One suggestion or audit sample, and what counts for it."""

    suggestion: Suggestion
    settled: Settled
    first_reviewed_at: float | None  # s since 1970

    @property
    def answer(self) -> Answer | None:
        """What was decided; None while it is open."""
        return self.settled.answer

    @property
    def latency(self) -> float | None:
        """Seconds from the entry's appearance to the first decision, None without one."""
        if self.first_reviewed_at is None:
            return None
        shown = self.suggestion.sent_at or self.suggestion.suggested_at
        return max(0.0, self.first_reviewed_at - shown)


def gather(ledger: Ledger, since: float, until: float, settings: ReviewSettings) -> list[Case]:
    """Return the cases of everything suggested or drawn in a span of time (s since 1970)."""
    return cases_of(ledger, ledger.suggestions.between(since, until), settings)


def cases_of(
    ledger: Ledger, suggestions: Sequence[Suggestion], settings: ReviewSettings
) -> list[Case]:
    """Return the case of each suggestion."""
    found: dict[int, list[Review]] = defaultdict(list)
    for start in range(0, len(suggestions), AT_ONCE):
        chunk = [one.log_id for one in suggestions[start : start + AT_ONCE]]
        for review in ledger.reviews.of(chunk):
            found[review.log_id].append(review)
    return [_case(one, found[one.log_id], settings) for one in suggestions]


def _case(suggestion: Suggestion, reviews: Sequence[Review], settings: ReviewSettings) -> Case:
    moments = [review.reviewed_at for review in reviews if review.counts]
    return Case(suggestion, settle(reviews, settings), min(moments, default=None))


def tier(case: Case) -> str:
    """Return how strongly the file was suggested."""
    return str(case.suggestion.entry.get("tier") or "-")


def rule(case: Case) -> str:
    """Return the rule that suggested it."""
    return str(case.suggestion.entry.get("rule") or "-")


def label(case: Case) -> str:
    """Return the label with the highest score."""
    scores: Mapping[str, float] = case.suggestion.entry.get("scores") or {}
    return max(scores, key=lambda name: scores[name], default="-")


def medium(case: Case) -> str:
    """Return what kind of file it is."""
    return case.suggestion.medium


def month(case: Case) -> str:
    """Return the month (UTC) in which it was suggested."""
    return f"{datetime.fromtimestamp(case.suggestion.suggested_at, UTC):%Y-%m}"


DIMENSIONS: Final[Mapping[str, Callable[[Case], str]]] = {
    "tier": tier,
    "rule": rule,
    "label": label,
    "medium": medium,
    "month": month,
}
