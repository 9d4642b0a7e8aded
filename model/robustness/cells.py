"""Cells of a report's tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from model.comparison.evaluation import Estimate, proportion
from model.errors import TrainingRefused
from model.robustness.measure import Findings
from model.robustness.outcome import Outcome

Models = Sequence[Findings]


def twice_head(first: str, models: Models) -> list[str]:
    """Return the columns of a table with three figures of each model."""
    columns = ("label kept", "flips", "score shift")
    return [first, *(f"{each.name}, {column}" for each in models for column in columns)]


def twice(models: Models, outcomes: Sequence[Outcome], positive: Sequence[str]) -> Iterator[str]:
    """Yield what `twice_head` names."""
    for each, outcome in zip(models, outcomes, strict=True):
        yield kept(outcome)
        yield f"{outcome.flips.value:.2f}"
        yield shift(outcome.shifts(places(each, positive)))


def curve(curve: Mapping[float, Outcome]) -> list[tuple[float, float]]:
    """Return points of epsilon and share kept."""
    return [(epsilon, float(outcome.kept.mean())) for epsilon, outcome in sorted(curve.items())]


def mean(outcomes: Iterable[Outcome]) -> float:
    """Return the mean share kept."""
    return float(np.mean([outcome.kept.mean() for outcome in outcomes]))


def places(found: Findings, positive: Sequence[str]) -> tuple[int, ...]:
    """Return the numbers of labels.

    Raises:
        TrainingRefused: One is not the model's.
    """
    unknown = sorted(set(positive) - set(found.labels))
    if unknown:
        raise TrainingRefused(
            f"--positive {' '.join(positive)}: the labels of {found.name} are "
            f"{', '.join(found.labels)}."
        )
    return tuple(found.labels.index(label) for label in positive)


def names(models: Models) -> tuple[str, ...]:
    """Return the models' names."""
    return tuple(each.name for each in models)


def lines(rows: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Return rows, each with its name in front."""
    return ((name, *values) for name, values in rows.items())


def kept(outcome: Outcome) -> str:
    """Return the share kept, with its interval."""
    return interval(proportion(int(outcome.kept.sum()), len(outcome.kept)))


def interval(estimate: Estimate | None) -> str:
    """Return a share with its interval."""
    assert estimate is not None  # noqa: S101 - there is a picture
    return f"{estimate.value:.2f} ({estimate.low:.2f} to {estimate.high:.2f})"


def shift(shift: Iterable[float]) -> str:
    """Return a mean and what few exceed."""
    mean, most = shift
    return f"{mean:.3f}, {most:.3f}"
