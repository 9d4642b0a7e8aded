"""How long the queue would be at each threshold of a rule, and how often it would be right.

Pure functions of stored scores and decisions.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from bot.ledger import Precedent
from bot.review.outcomes import Answer
from bot.rules import Facts, View
from bot.rules.conditions import checks, combined
from bot.rules.verdict import MARKED_FINE
from bot.rules.views import heaviest, own_labels
from bot.settings.conditions import Conditions
from bot.settings.rules import Rule
from bot.statistics.cases import Case
from bot.statistics.cases import rule as rule_of
from bot.statistics.interval import Share, wilson

STEPS: Final = 200  # between 0 and 1
# Conditions are only asked from this weight on; far below every threshold nobody knew more anyway.
LEAST: Final = 0.1
THRESHOLDS: Final = tuple(number / STEPS for number in range(STEPS + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One rule on one kind of file. Each list has a value for every one of `THRESHOLDS`.

    Attributes:
        rule: The rule's name.
        medium: image, video or document.
        threshold: The one in force.
        files: How many files reach each threshold; conditions that nobody asked about when they
            were judged count as met.
        days: In how many days.
        precision: Of the suggestions that reach it and have an answer; below `asked_from` nobody
            was asked, and what is told there is told of those above.
        asked_from: The lowest score that was ever suggested; None without suggestions.
    """

    rule: str
    medium: str
    threshold: float
    files: Sequence[int]
    days: float
    precision: Sequence[Share]
    asked_from: float | None

    def per_day(self, threshold: float) -> float:
        """Return how many files a day reach a threshold."""
        return self.files[step(threshold)] / self.days

    def right(self, threshold: float) -> Share | None:
        """Return the precision from a threshold on; None where nobody was asked."""
        place = step(threshold)
        if self.asked_from is None or THRESHOLDS[place] < THRESHOLDS[step(self.asked_from)]:
            return None
        return self.precision[place]


class Weights:
    """Collects what each rule weighs on each file, in steps, so that a month fits in memory."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = [rule for rule in rules if rule.labels and not rule.ignores]
        self._counts: dict[tuple[str, str], Counter[int]] = {}
        self.files = 0

    def add(self, precedent: Precedent) -> None:
        """Count a file."""
        views = [View(one["scores"], one.get("place", "")) for one in precedent.views]
        if not views or precedent.verdict == MARKED_FINE:
            return
        self.files += 1
        for rule in self.rules:
            if not all(label in view.scores for view in views for label in own_labels(rule)):
                continue
            weight, _ = heaviest(rule, views)
            if weight < LEAST or _may_apply(rule, precedent):
                key = (rule.name, precedent.medium)
                self._counts.setdefault(key, Counter())[step(weight)] += 1

    def reaching(self, rule: str, medium: str) -> list[int]:
        """Return how many files reach each of `THRESHOLDS`."""
        return _from_the_top(self._counts.get((rule, medium), Counter()))


def step(score: float) -> int:
    """Return the place of the highest of `THRESHOLDS` that a score reaches."""
    return max(0, bisect_right(THRESHOLDS, score + 1e-9) - 1)


def curve(
    rule: Rule, medium: str, weights: Weights, cases: Iterable[Case], *, days: float
) -> Curve:
    """Return the curve of a rule.

    Args:
        rule: Which.
        medium: For which kind of file.
        weights: What was collected.
        cases: Suggestions with what was decided about them, all by the model of the weights.
        days: How many days the weights cover.
    """
    hits, misses = Counter[int](), Counter[int]()
    asked: list[float] = []
    for case in cases:
        if rule_of(case) != rule.name or case.suggestion.medium != medium:
            continue
        score = float(case.suggestion.entry.get("confidence") or 0.0)
        asked.append(score)
        if case.answer is Answer.HIT:
            hits[step(score)] += 1
        elif case.answer is Answer.MISS:
            misses[step(score)] += 1
    right, wrong = _from_the_top(hits), _from_the_top(misses)
    return Curve(
        rule=rule.name,
        medium=medium,
        threshold=float(getattr(rule.at_least, medium)),
        files=weights.reaching(rule.name, medium),
        days=days,
        precision=[wilson(hit, hit + miss) for hit, miss in zip(right, wrong, strict=True)],
        asked_from=min(asked, default=None),
    )


def _may_apply(rule: Rule, precedent: Precedent) -> bool:
    """Tell whether a rule's conditions hold, as far as was known when the file was judged."""
    if rule.when == Conditions():
        return True
    facts = Facts.then(
        precedent.facts,
        medium=precedent.medium,
        uploaded_at=precedent.uploaded_at,
        judged_at=precedent.decided_at,
    )
    return combined(check.holds for check in checks(rule.when, facts)) is not False


def _from_the_top(counts: Counter[int]) -> list[int]:
    """Return how many lie at each step or above."""
    return list(accumulate(counts[place] for place in range(STEPS, -1, -1)))[::-1]
