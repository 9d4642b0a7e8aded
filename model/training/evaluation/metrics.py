"""Figures of probabilities beside the truth, in plain numpy."""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.comparison.evaluation import Estimate

BINS: Final = 15
"""As in Guo et al., ICML 2017."""
RESAMPLES: Final = 500
TAIL: Final = 2.5
"""Per cent cut off on either side of a bootstrap interval."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Figure = Callable[[Floats, Flags], float]


class Curve(NamedTuple):
    """What each threshold gives, from the highest score down.

    Attributes:
        thresholds: A picture counts from this score on, (M,).
        recall: Share of the positives that count.
        false_alarms: Share of the negatives that count.
        precision: Share of positives among those that count.
    """

    thresholds: Floats
    recall: Floats
    false_alarms: Floats
    precision: Floats


class Bin(NamedTuple):
    """Pictures of about the same confidence: how sure, how often right, how many."""

    confidence: float
    accuracy: float
    pictures: int


def curve(scores: Floats, positive: Flags) -> Curve:
    """Return one point per distinct score; both kinds have to occur."""
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], positive[order]
    last = np.flatnonzero(np.append(np.diff(ranked) != 0, True))
    found = np.cumsum(hits)[last].astype(np.float64)
    alarms = (last + 1) - found
    return Curve(ranked[last], found / hits.sum(), alarms / (~hits).sum(), found / (last + 1))


def roc_auc(scores: Floats, positive: Flags) -> float:
    """Return the area under recall over false alarms; NaN without both kinds."""
    if positive.all() or not positive.any():
        return float("nan")
    points = curve(scores, positive)
    return float(np.trapezoid(np.append(0, points.recall), np.append(0, points.false_alarms)))


def average_precision(scores: Floats, positive: Flags) -> float:
    """Return the area under precision over recall, as steps; NaN without both kinds.

    Davis and Goadrich, "The Relationship Between Precision-Recall and ROC Curves", ICML 2006, say
    why the points must not be joined by straight lines.
    """
    if positive.all() or not positive.any():
        return float("nan")
    points = curve(scores, positive)
    return float(np.sum(np.diff(points.recall, prepend=0) * points.precision))


def bootstrap(figure: Figure, scores: Floats, positive: Flags, *, seed: int = 8) -> Estimate:
    """Return a figure with its 95 % percentile interval (Efron, Annals of Statistics 7, 1979)."""
    random = np.random.default_rng(seed)
    places = random.integers(0, len(scores), (RESAMPLES, len(scores)))
    values = [figure(scores[chosen], positive[chosen]) for chosen in places]
    low, high = np.nanpercentile(values, [TAIL, 100 - TAIL])
    return Estimate(figure(scores, positive), float(low), float(high))


def confusion(
    chosen: NDArray[np.int64], truth: NDArray[np.int64], labels: int
) -> NDArray[np.int64]:
    """Count the pictures of each label (rows) by the label chosen for them (columns)."""
    counts = np.zeros((labels, labels), dtype=np.int64)
    np.add.at(counts, (truth, chosen), 1)
    return counts


def reliability(probabilities: Floats, truth: NDArray[np.int64]) -> list[Bin]:
    """Return the bins of equal width that hold pictures, by confidence in the chosen label."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    places = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return [
        Bin(
            float(confidence[places == place].mean()),
            float(right[places == place].mean()),
            int((places == place).sum()),
        )
        for place in np.unique(places)
    ]


def calibration_error(
    probabilities: Floats, truth: NDArray[np.int64], weights: Floats | None = None
) -> float:
    """Return the expected calibration error: how far confidence is from accuracy, on average.

    Naeini et al., "Obtaining Well Calibrated Probabilities Using Bayesian Binning", AAAI 2015.

    Args:
        probabilities: (N, labels).
        truth: Number of each picture's label, (N,).
        weights: How many each picture counts for, (N,); by default one.
    """
    counts = np.ones(len(truth)) if weights is None else weights
    confidence = probabilities.max(axis=1)
    excess = counts * (confidence - (probabilities.argmax(axis=1) == truth))
    places = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return float(np.abs(np.bincount(places, excess)).sum() / counts.sum())


def precision_at(prevalence: float, recall: float, false_alarms: float) -> float:
    """Return the precision where a share `prevalence` of all pictures is positive (Bayes)."""
    hits = prevalence * recall
    alarms = (1 - prevalence) * false_alarms
    return hits / (hits + alarms) if hits + alarms else float("nan")


def threshold_for(points: Curve, precision: float, prevalence: float) -> int | None:
    """Return the place of most recall whose precision at that prevalence is high enough."""
    good = [
        place
        for place in range(len(points.thresholds))
        if precision_at(prevalence, points.recall[place], points.false_alarms[place]) >= precision
    ]
    return max(good, key=lambda place: points.recall[place], default=None)
