"""The figures: precision, latency, volumes, and what is missed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.ledger import Volumes
from bot.ledger.suggestions import AUDIT
from bot.review.outcomes import Answer
from bot.statistics.cases import DIMENSIONS, Case
from bot.statistics.interval import Share, wilson

MEDIAN: Final = 0.5
P90: Final = 0.9

Answers = Counter[Answer | None]  # None: still open


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """Of one group of suggestions, the share that was worth a look."""

    dimension: str  # all, tier, rule, label, medium or month
    value: str
    suggested: int
    open: int  # nobody, or not enough people, decided yet
    no_answer: int
    precision: Share  # hits of all that have an answer


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from an entry's appearance to the first decision about it."""

    reviewed: int
    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class Missed:
    """What the random sample of unsuggested files says about all of them."""

    drawn: int
    share: Share  # worth a look, of those drawn that have an answer
    cleared: int  # files the sample stands for
    files: float | None  # expected among them
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything about one span of time, s since 1970."""

    since: float
    until: float
    precision: Sequence[Precision]
    latency: Latency
    outcomes: dict[str, int]
    volumes: Volumes
    missed: Missed


def report(cases: Sequence[Case], volumes: Volumes, *, since: float, until: float) -> Report:
    """Count everything."""
    suggested = [case for case in cases if case.suggestion.kind != AUDIT]
    drawn = [case for case in cases if case.suggestion.kind == AUDIT]
    decided = [case.settled.review for case in suggested]
    return Report(
        since=since,
        until=until,
        precision=list(_precisions(suggested)),
        latency=latency(suggested),
        outcomes=dict(Counter(review.outcome for review in decided if review).most_common()),
        volumes=volumes,
        missed=missed(drawn, volumes.cleared),
    )


def precision(dimension: str, value: str, cases: Sequence[Case]) -> Precision:
    """Count one group."""
    answers = Counter(case.answer for case in cases)
    return Precision(
        dimension=dimension,
        value=value,
        suggested=len(cases),
        open=answers[None],
        no_answer=answers[Answer.NONE],
        precision=answered(answers),
    )


def latency(cases: Iterable[Case]) -> Latency:
    """Return the median and the 90th percentile of the time to a decision."""
    seconds = sorted(case.latency for case in cases if case.latency is not None)
    return Latency(len(seconds), quantile(seconds, MEDIAN), quantile(seconds, P90))


def missed(drawn: Sequence[Case], cleared: int) -> Missed:
    """Project the audit sample on the files that it was drawn from."""
    share = answered(Counter(case.answer for case in drawn))
    bounds = (share.value, share.low, share.high)
    files, low, high = (None if bound is None else bound * cleared for bound in bounds)
    return Missed(len(drawn), share, cleared, files, low, high)


def answered(answers: Answers) -> Share:
    """Return the hits of all that have an answer."""
    hits = answers[Answer.HIT]
    return wilson(hits, hits + answers[Answer.MISS])


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """Return a quantile of sorted values, by linear interpolation; None of nothing.

    Definition 7 of R. J. Hyndman, Y. Fan, "Sample quantiles in statistical packages", The American
    Statistician 50 (1996), 361-365.
    """
    if not ordered:
        return None
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _precisions(cases: Sequence[Case]) -> Iterable[Precision]:
    yield precision("all", "all", cases)
    for dimension, of in DIMENSIONS.items():
        groups: dict[str, list[Case]] = defaultdict(list)
        for case in cases:
            groups[of(case)].append(case)
        for value in sorted(groups):
            yield precision(dimension, value, groups[value])
