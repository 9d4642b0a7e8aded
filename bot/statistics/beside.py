"""The live model and a candidate in shadow mode, side by side on the same files.

Compared is what the models have a part in: whether the labels of a rule that acts reach its
threshold. What a rule asks for beside that (the uploader, the page) is the same for both.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.errors import ConfigInvalid
from bot.ledger import Beside
from bot.ledger.suggestions import AUDIT
from bot.review.outcomes import Answer
from bot.rules import View
from bot.rules.trial import refuse_labels_without_score
from bot.rules.views import heaviest
from bot.settings.rules import Rule
from bot.statistics.cases import Case
from bot.statistics.interval import Share, wilson
from bot.statistics.report import quantile

QUANTILES: Final = (0.0, 0.05, 0.5, 0.95, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One file, by both models. Weights are what the labels of the rule that leads add up to."""

    log_id: int
    title: str
    medium: str
    live_model: str
    candidate_model: str
    live: float
    candidate: float
    live_reaches: bool
    candidate_reaches: bool
    answer: Answer | None = None  # what people decided, None if nothing
    drawn: bool = False  # for the audit sample, so that it was not suggested

    @property
    def shift(self) -> float:
        """How much higher the candidate weighs it, -1..1."""
        return self.candidate - self.live


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One candidate version beside the live model.

    Attributes:
        candidate: The version of the candidate.
        live: How many files each live version has.
        files: Compared.
        agreement: Share of files on which both say the same.
        gained: Files that only the candidate would suggest.
        lost: Files that only the live model would.
        shifts: Quantiles of candidate minus live, by their share.
        live_precision: Hits among the suggested files that were decided and the live model's
            thresholds reach.
        candidate_precision: Hits among those that the candidate reaches as well.
        hits_kept: Of the hits among them, the share that the candidate reaches.
        misses_dropped: Of the misses, the share that it does not.
        audited: Of the hits in the audit sample, which the live model had missed, the share that
            the candidate reaches.
        furthest: The files on which they differ most, the furthest first.
    """

    candidate: str
    live: Mapping[str, int]
    files: int
    agreement: Share
    gained: int
    lost: int
    shifts: Mapping[float, float | None]
    live_precision: Share
    candidate_precision: Share
    hits_kept: Share
    misses_dropped: Share
    audited: Share
    furthest: Sequence[Pair]


def paired(
    found: Beside, live: Sequence[Rule], candidate: Sequence[Rule], case: Case | None
) -> Pair:
    """Return one file by both models.

    Args:
        found: Its scores.
        live: The rules in force.
        candidate: The rules for the candidate: the same ones, unless its labels are others.
        case: What people were asked and said, if they were.

    Raises:
        ConfigInvalid: no rule acts on labels, or one names a label that its model does not give.
    """
    known = found.precedent
    live_weight, live_reaches = _weight(live, known.views, known.medium)
    weight, reaches = _weight(candidate, found.views, known.medium)
    return Pair(
        log_id=known.log_id,
        title=known.title,
        medium=known.medium,
        live_model=known.model,
        candidate_model=found.model,
        live=live_weight,
        candidate=weight,
        live_reaches=live_reaches,
        candidate_reaches=reaches,
        answer=case.answer if case else None,
        drawn=case is not None and case.suggestion.kind == AUDIT,
    )


def compare(pairs: Sequence[Pair], *, shown: int) -> list[Comparison]:
    """Compare each version of the candidate; `shown` of the files that differ most are named."""
    versions = sorted({pair.candidate_model for pair in pairs})
    return [
        _comparison(version, [pair for pair in pairs if pair.candidate_model == version], shown)
        for version in versions
    ]


def _comparison(candidate: str, pairs: Sequence[Pair], shown: int) -> Comparison:
    gained = sum(pair.candidate_reaches and not pair.live_reaches for pair in pairs)
    lost = sum(pair.live_reaches and not pair.candidate_reaches for pair in pairs)
    shifts = sorted(pair.shift for pair in pairs)
    asked = [pair for pair in pairs if pair.live_reaches and not pair.drawn]
    hits = [pair for pair in asked if pair.answer is Answer.HIT]
    misses = [pair for pair in asked if pair.answer is Answer.MISS]
    missed = [pair for pair in pairs if pair.drawn and pair.answer is Answer.HIT]
    kept, kept_misses = _reached(hits), _reached(misses)
    return Comparison(
        candidate=candidate,
        live=dict(Counter(pair.live_model for pair in pairs)),
        files=len(pairs),
        agreement=wilson(len(pairs) - gained - lost, len(pairs)),
        gained=gained,
        lost=lost,
        shifts={share: quantile(shifts, share) for share in QUANTILES},
        live_precision=wilson(len(hits), len(hits) + len(misses)),
        candidate_precision=wilson(kept, kept + kept_misses),
        hits_kept=wilson(kept, len(hits)),
        misses_dropped=wilson(len(misses) - kept_misses, len(misses)),
        audited=wilson(_reached(missed), len(missed)),
        furthest=sorted(pairs, key=lambda pair: -abs(pair.shift))[:shown],
    )


def _reached(pairs: Iterable[Pair]) -> int:
    return sum(pair.candidate_reaches for pair in pairs)


def _weight(
    rules: Sequence[Rule], stored: Sequence[Mapping[str, Any]], medium: str
) -> tuple[float, bool]:
    """Return what weighs most of the rules that act on labels, and whether any is reached."""
    acting = [rule for rule in rules if rule.labels and not rule.ignores and not rule.shadow]
    if not acting:
        raise ConfigInvalid("no rule acts on labels, so that there is nothing to compare by")
    views = [View(one["scores"]) for one in stored]
    refuse_labels_without_score(acting, views)
    weights = [heaviest(rule, views)[0] for rule in acting]
    reached = [
        weight >= getattr(rule.at_least, medium)
        for rule, weight in zip(acting, weights, strict=True)
    ]
    return round(max(weights), 4), any(reached)
