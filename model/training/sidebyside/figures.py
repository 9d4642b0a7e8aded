"""Figures of two models on the same pictures, and of their difference."""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from model.comparison.evaluation import Estimate
from model.training.evaluation.metrics import RESAMPLES, TAIL, Curve, Flags, Floats, curve
from model.training.sidebyside.held import Held

Figure = Callable[[Floats, Flags], float]
FEWEST: Final = 5
"""Pictures of either kind below which a figure is not told."""


class Paired(NamedTuple):
    """One figure of both models; the difference is the candidate's minus the live one's."""

    live: Estimate
    candidate: Estimate
    difference: Estimate


def paired(held: Held, live: Figure, candidate: Figure | None = None, *, seed: int = 8) -> Paired:
    """Return a figure of both models with 95 % percentile bootstrap intervals.

    Each resample has the same pictures for both models, so that what makes pictures hard for both
    cancels in the difference. Whole groups are drawn, because the pictures of one uploader are not
    independent (Field and Welsh, "Bootstrapping clustered data", JRSS B 69, 2007).

    Args:
        held: The pictures.
        live: The figure of scores and truth; NaN where it is not defined.
        candidate: The candidate's, if its figure is another one, such as at another threshold.
        seed: Of the resampling.
    """
    second = candidate or live
    random, groups = np.random.default_rng(seed), held.groups
    values = np.empty((RESAMPLES, 2))
    for row in range(RESAMPLES):
        drawn = random.integers(0, len(groups), len(groups))
        places = np.concatenate([groups[group] for group in drawn])
        truth = held.positive[places]
        values[row] = live(held.live[places], truth), second(held.candidate[places], truth)
    found = live(held.live, held.positive), second(held.candidate, held.positive)
    return Paired(
        _estimate(found[0], values[:, 0]),
        _estimate(found[1], values[:, 1]),
        _estimate(found[1] - found[0], values[:, 1] - values[:, 0]),
    )


def precision_from(threshold: float) -> Figure:
    """Return the figure: of what reaches the threshold, the share that is positive."""

    def figure(scores: Floats, positive: Flags) -> float:
        reached = scores >= threshold
        return float(positive[reached].mean()) if reached.any() else float("nan")

    return figure


def recall_from(threshold: float) -> Figure:
    """Return the figure: of the positives, the share that reaches the threshold."""

    def figure(scores: Floats, positive: Flags) -> float:
        return float((scores[positive] >= threshold).mean()) if positive.any() else float("nan")

    return figure


def threshold_of(held: Held, live: float, keep: float) -> float:
    """Return the candidate's highest threshold that finds as much as the live model, or nearly.

    Args:
        held: Pictures that are not those it is measured on afterwards: the validation side.
        live: The live model's threshold.
        keep: Share, 0..1, of the positives that the live model finds; so many are to be found.

    Returns:
        Rounded down to four places, as it would stand in a rule. At least one is found, even if
        live finds none.
    """
    ranked = np.sort(held.candidate[held.positive])[::-1]
    wanted = max(1, int(np.ceil(keep * (held.live[held.positive] >= live).sum())))
    return float(np.floor(ranked[wanted - 1] * 1e4) / 1e4)


def threshold_for_precision(scores: Floats, positive: Flags, goal: float) -> float | None:
    """Return the threshold of most recall from which on the precision is at least `goal`."""
    points: Curve = curve(scores, positive)
    good = np.flatnonzero(points.precision >= goal)
    return float(np.floor(points.thresholds[good[-1]] * 1e4) / 1e4) if len(good) else None


def is_enough(positive: Flags) -> bool:
    """Tell whether there are pictures enough of either kind for a figure."""
    return bool(min(int(positive.sum()), int((~positive).sum())) >= FEWEST)


def _estimate(value: float, resampled: Floats) -> Estimate:
    if np.isnan(resampled).all():
        return Estimate(value, float("nan"), float("nan"))
    low, high = np.nanpercentile(resampled, [TAIL, 100 - TAIL])
    return Estimate(value, float(low), float(high))
