"""Asks a second model where the first is unsure, and says where the two disagree."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Verdict = Literal["explicit", "not explicit", "unsure"]


class Scorer(Protocol):
    """What is needed of a classifier; `Classifier` and `IsolatedClassifier` both have it."""

    def classify(self, pictures: Sequence[NDArray[np.uint8]]) -> list[dict[str, float]]:
        """Score pictures, each uint8 RGB (H, W, 3)."""
        ...


@dataclass(frozen=True)
class Band:
    """The scores from `low`, included, to `high`, not included, that decide nothing."""

    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse bounds out of order or out of 0..1."""
        if not 0 <= self.low <= self.high <= 1:
            raise ValueError(f"a band needs 0 <= low <= high <= 1, not {self.low} and {self.high}")

    def verdict(self, score: float) -> Verdict:
        """Say on which side of the band a score falls, or that it falls inside."""
        if score >= self.high:
            return "explicit"
        return "not explicit" if score < self.low else "unsure"


@dataclass(frozen=True)
class Opinion:
    """What one or both models make of a picture.

    Attributes:
        first: The first model's probabilities.
        second: The second model's, or None where it was not asked.
        disagreement: Distance between the two explicit scores, 0..1; None likewise.
        verdict: The first model's where that is sure, else the second's.
    """

    first: dict[str, float]
    second: dict[str, float] | None
    disagreement: float | None
    verdict: Verdict


@dataclass(frozen=True)
class Explicit:
    """Which of a model's labels count as explicit; their probabilities are added."""

    labels: tuple[str, ...]

    def score(self, probabilities: dict[str, float]) -> float:
        """Return the probability of any of the labels."""
        return sum(probabilities[label] for label in self.labels)


class SecondOpinion:
    """Two models and a band; the second is loaded the first time it is needed.

    Args:
        first: The model that scores everything.
        second: Opens the model that is asked about pictures in the band.
        band: Bounds on the explicit score, of either model.
        first_explicit: The first model's explicit labels.
        second_explicit: The second model's explicit labels.
    """

    def __init__(
        self,
        first: Scorer,
        second: Callable[[], Scorer],
        *,
        band: Band,
        first_explicit: Explicit,
        second_explicit: Explicit,
    ) -> None:
        self._first = first
        self._open_second = second
        self._band = band
        self._first_explicit = first_explicit
        self._second_explicit = second_explicit

    def classify(self, pictures: Sequence[NDArray[np.uint8]]) -> list[Opinion]:
        """Score pictures, each uint8 RGB (H, W, 3), asking the second model where needed."""
        return [
            self._opinion(picture, scores)
            for picture, scores in zip(pictures, self._first.classify(pictures), strict=True)
        ]

    @cached_property
    def _second(self) -> Scorer:
        return self._open_second()

    def _opinion(self, picture: NDArray[np.uint8], first: dict[str, float]) -> Opinion:
        score = self._first_explicit.score(first)
        verdict = self._band.verdict(score)
        if verdict != "unsure":
            return Opinion(first, second=None, disagreement=None, verdict=verdict)
        (second,) = self._second.classify([picture])
        other = self._second_explicit.score(second)
        return Opinion(first, second, abs(score - other), self._band.verdict(other))
