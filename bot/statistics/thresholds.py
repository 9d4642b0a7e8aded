"""Which threshold would reach a wished-for precision, as far as decisions tell."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.statistics.cases import Case
from bot.statistics.interval import Share
from bot.statistics.report import Answers, answered

FEWEST_ANSWERS: Final = 20
DAY_S: Final = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What the data say for one rule and one kind of file.

    Attributes:
        rule: The rule.
        medium: image, video or document.
        model: The model version whose scores these are; another's are not comparable.
        threshold: The lowest score from which the wish is met with 95 % confidence, or None.
        precision: At the threshold, or else at the score where it is best.
        per_day: Suggestions a day to expect from there on.
        reason: Why there is no threshold; empty if there is one.
    """

    rule: str
    medium: str
    model: str
    threshold: float | None
    precision: Share
    per_day: float
    reason: str = ""


def advise(cases: Sequence[Case], wish: float, *, days: float) -> list[Advice]:
    """Answer for each rule, medium and model that suggested anything.

    Only scores from the thresholds that were in force upwards have answers; below them nobody
    was asked, so that the lowest threshold to be had here is the lowest ever suggested.

    Args:
        cases: Suggestions and what was decided about them.
        wish: The precision wanted, between 0 and 1.
        days: How many days the cases cover.
    """
    groups: dict[tuple[str, str, str], list[Case]] = defaultdict(list)
    for case in cases:
        one = case.suggestion
        groups[str(one.entry.get("rule")), one.medium, one.model].append(case)
    return [_advice(key, groups[key], wish, days) for key in sorted(groups)]


def _advice(key: tuple[str, str, str], cases: Sequence[Case], wish: float, days: float) -> Advice:
    rule, medium, model = key
    steps = _steps(cases)
    good = [step for step in steps if _meets(step[1], wish)]
    if good:
        threshold, precision, count = min(good, key=lambda step: step[0])
        met: float | None = threshold
        reason = ""
    else:
        met = None
        _, precision, count = max(steps, key=lambda step: (step[1].low or 0.0, step[1].total))
        reason = _why_not(steps, wish)
    return Advice(
        rule=rule,
        medium=medium,
        model=model,
        threshold=met,
        precision=precision,
        per_day=count / days,
        reason=reason,
    )


def _steps(cases: Sequence[Case]) -> list[tuple[float, Share, int]]:
    """Return, for each score from which on one could suggest: precision and number from there."""
    ordered = sorted(cases, key=_confidence, reverse=True)
    answers: Answers = Counter()
    steps: dict[float, tuple[float, Share, int]] = {}
    for number, case in enumerate(ordered, 1):
        answers[case.answer] += 1
        score = _confidence(case)
        steps[score] = (score, answered(answers), number)
    return list(steps.values())


def _meets(precision: Share, wish: float) -> bool:
    return precision.total >= FEWEST_ANSWERS and (precision.low or 0.0) >= wish


def _why_not(steps: Sequence[tuple[float, Share, int]], wish: float) -> str:
    most = max(step[1].total for step in steps)
    if most < FEWEST_ANSWERS:
        return f"{most} answers do not suffice, at least {FEWEST_ANSWERS} are needed"
    hopeful = [step for step in steps if (step[1].value or 0.0) >= wish]
    if any(step[1].total >= FEWEST_ANSWERS for step in hopeful):
        return "the wish may be met, but the answers do not suffice to say so with 95 % confidence"
    return "at no score is the wish met"


def _confidence(case: Case) -> float:
    return float(case.suggestion.entry.get("confidence") or 0.0)
