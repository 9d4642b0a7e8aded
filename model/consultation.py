"""Two models as one: the first scores everything, the second what the first is unsure about."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model.classifier import Classifier
from model.second_opinion import Band, Explicit, Opinion, SecondOpinion


class Consultation:
    """A scorer whose answers hold both models' scores, the second's under `name/label`.

    Args:
        first: Scores every picture.
        second: Is asked where the sum of the first's labels `of` is at least `low` and less
            than `high`.
        name: The second's, in front of its labels.
        of: The labels of the first that decide.
        labels: The labels of the second that mean the same.
        low: 0..1.
        high: 0..1.
    """

    def __init__(
        self,
        first: Classifier,
        second: Classifier,
        *,
        name: str,
        of: Sequence[str],
        labels: Sequence[str],
        low: float,
        high: float,
    ) -> None:
        self._name = name
        self._opinions = SecondOpinion(
            first,
            lambda: second,
            band=Band(low, high),
            first_explicit=Explicit(tuple(of)),
            second_explicit=Explicit(tuple(labels)),
        )
        self.labels = (*first.labels, *(f"{name}/{label}" for label in second.labels))
        # The band belongs to it: under another band, other pictures have a second opinion.
        band = f"{low:g}-{high:g}"
        self.version = f"{first.version}+{second.version}@{band}"

    def classify(self, pictures: Sequence[NDArray[np.uint8]]) -> list[dict[str, float]]:
        """Score pictures as `Classifier.classify` does; outside the band, by the first alone."""
        return [self._merged(opinion) for opinion in self._opinions.classify(pictures)]

    def _merged(self, opinion: Opinion) -> dict[str, float]:
        second = opinion.second or {}
        return opinion.first | {f"{self._name}/{label}": p for label, p in second.items()}
