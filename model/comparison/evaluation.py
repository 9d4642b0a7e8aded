"""Accuracy on a labelled folder, with the uncertainty that its size leaves.

The folder is the operator's own: `positive/` and `negative/`, each with picture files. Nothing
is downloaded, and nothing is kept.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.errors import ImageError, Never
from model.image import decode
from model.second_opinion import Scorer

POSITIVE = "positive"
NEGATIVE = "negative"
THRESHOLD = 0.5
NORMAL_95 = 1.959964
"""The normal distribution's two-sided 95 % quantile."""


@dataclass(frozen=True)
class Estimate:
    """A figure and its 95 % interval, all in 0..1."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Evaluation:
    """How well a model separates two folders; a figure is None where nothing defines it."""

    positives: int
    negatives: int
    unreadable: int
    accuracy: Estimate | None
    precision: Estimate | None
    recall: Estimate | None
    area_under_curve: Estimate | None


def evaluate(classifier: Scorer, data: Path, labels: Sequence[str]) -> Evaluation:
    """Score every file of both folders.

    Args:
        classifier: A loaded model.
        data: The folder that holds `positive/` and `negative/`.
        labels: Whose probabilities are added up; those the model lacks are passed over.

    Raises:
        Never: A folder is missing, or the model has none of the labels.
    """
    positive = _scores(classifier, data / POSITIVE, labels)
    negative = _scores(classifier, data / NEGATIVE, labels)
    unreadable = int(np.isnan(positive).sum() + np.isnan(negative).sum())
    return judge(positive[~np.isnan(positive)], negative[~np.isnan(negative)], unreadable)


def judge(
    positive: NDArray[np.float64], negative: NDArray[np.float64], unreadable: int = 0
) -> Evaluation:
    """Return the figures for the scores of positive and of negative pictures."""
    hits = int((positive >= THRESHOLD).sum())
    alarms = int((negative >= THRESHOLD).sum())
    total = len(positive) + len(negative)
    return Evaluation(
        positives=len(positive),
        negatives=len(negative),
        unreadable=unreadable,
        accuracy=proportion(hits + len(negative) - alarms, total),
        precision=proportion(hits, hits + alarms),
        recall=proportion(hits, len(positive)),
        area_under_curve=area_under_curve(positive, negative),
    )


def proportion(successes: int, trials: int) -> Estimate | None:
    """Return a share with Wilson's interval (JASA 22, 1927), None without trials."""
    if trials == 0:
        return None
    share, square = successes / trials, NORMAL_95**2
    centre = (share + square / (2 * trials)) / (1 + square / trials)
    spread = math.sqrt(share * (1 - share) / trials + square / (4 * trials**2))
    half = NORMAL_95 * spread / (1 + square / trials)
    return Estimate(share, max(0.0, centre - half), min(1.0, centre + half))


def area_under_curve(
    positive: NDArray[np.float64], negative: NDArray[np.float64]
) -> Estimate | None:
    """Return the chance that a positive outscores a negative, ties counting half.

    The interval is that of Hanley and McNeil, Radiology 143, 1982.
    """
    if not len(positive) or not len(negative):
        return None
    pairs = np.sign(positive[:, None] - negative[None, :])
    area = float((pairs.mean() + 1) / 2)
    two_positives, two_negatives = area / (2 - area), 2 * area**2 / (1 + area)
    variance = (
        area * (1 - area)
        + (len(positive) - 1) * (two_positives - area**2)
        + (len(negative) - 1) * (two_negatives - area**2)
    ) / (len(positive) * len(negative))
    half = NORMAL_95 * math.sqrt(max(0.0, variance))
    return Estimate(area, max(0.0, area - half), min(1.0, area + half))


def _scores(classifier: Scorer, folder: Path, labels: Sequence[str]) -> NDArray[np.float64]:
    """Return a score per file, not-a-number for one that cannot be read."""
    if not folder.is_dir():
        raise Never(f"{folder} is not a folder: put pictures in {POSITIVE}/ and {NEGATIVE}/.")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return np.array([_score(classifier, path, labels) for path in files], dtype=np.float64)


def _score(classifier: Scorer, path: Path, labels: Sequence[str]) -> float:
    try:
        picture = decode(path.read_bytes())
    except ImageError:
        return math.nan
    (probabilities,) = classifier.classify([picture.frames[0].pixels])
    counted = [label for label in labels if label in probabilities]
    if not counted:
        raise Never(f"The model has none of the labels {', '.join(labels)}.")
    return sum(probabilities[label] for label in counted)
