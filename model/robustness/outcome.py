"""What became of the answers when the pictures were changed."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from model.comparison.evaluation import Estimate, proportion
from model.robustness.subject import Scores

MOST: Final = 95
"""Per cent of the pictures whose shift is at most the second figure told."""


@dataclass(frozen=True)
class Outcome:
    """Answers to changed pictures beside those to the pictures as they were.

    Attributes:
        clean: Probabilities before, (N, labels).
        changed: After, (N, labels).
        truth: Number of each picture's label, (N,), or None.
    """

    clean: Scores
    changed: Scores
    truth: NDArray[np.int64] | None

    @property
    def flips(self) -> Estimate:
        """Share of pictures whose most probable label is another now."""
        flipped = self.clean.argmax(axis=1) != self.changed.argmax(axis=1)
        return _share(flipped)

    @property
    def right(self) -> NDArray[np.bool_] | None:
        """Whether each picture's label is still found, (N,)."""
        if self.truth is None:
            return None
        found: NDArray[np.bool_] = self.changed.argmax(axis=1) == self.truth
        return found

    @property
    def kept(self) -> NDArray[np.bool_]:
        """Whether an attack failed, (N,): the label is found; without labels, it is as before."""
        found = self.right
        if found is not None:
            return found
        same: NDArray[np.bool_] = self.clean.argmax(axis=1) == self.changed.argmax(axis=1)
        return same

    def shifts(self, positive: tuple[int, ...]) -> tuple[float, float]:
        """Return the mean change of the score, and the change that few pictures exceed.

        Args:
            positive: Numbers of the labels that the score is the sum of; without any, it is the
                probability of the label that was chosen before.
        """
        before, after = (self._score(each, positive) for each in (self.clean, self.changed))
        moved = np.abs(after - before)
        return float(moved.mean()), float(np.percentile(moved, MOST))

    def _score(self, scores: Scores, positive: tuple[int, ...]) -> NDArray[np.float64]:
        if positive:
            total: NDArray[np.float64] = scores[:, list(positive)].sum(axis=1)
            return total
        chosen: NDArray[np.float64] = scores[np.arange(len(scores)), self.clean.argmax(axis=1)]
        return chosen


def _share(flags: NDArray[np.bool_]) -> Estimate:
    estimate = proportion(int(flags.sum()), len(flags))
    assert estimate is not None  # noqa: S101 - there is a picture
    return estimate
