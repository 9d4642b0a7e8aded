"""The one frame of a video that a heat map is made of."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.engine import Engine
from bot.rules.views import SECOND
from bot.videos.places import clock
from bot.web.scorer import as_data_uri
from bot.web.shapes import VideoResult
from model.video.score import VideoScore


class Heaviest:
    """Keeps the frame that weighs most of all that were scored, and no other.

    Args:
        labels: Whose scores add up to what a frame weighs.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = labels
        self._weight = -1.0
        self._seen = 0
        self._number = 0  # in the order of scoring
        self._label = ""
        self._pixels: NDArray[np.uint8] | None = None

    def see(
        self, pictures: Sequence[NDArray[np.uint8]], scores: Sequence[Mapping[str, float]]
    ) -> None:
        """Take the next frames, uint8 RGB (H, W, 3), and their scores."""
        for pixels, score in zip(pictures, scores, strict=True):
            weight = sum(score[label] for label in self._labels)
            if weight > self._weight:
                own = {label: value for label, value in score.items() if SECOND not in label}
                self._weight, self._number, self._pixels = weight, self._seen, pixels
                self._label = max(own, key=lambda label: own[label])
            self._seen += 1

    def explain(self, result: VideoResult, engine: Engine, score: VideoScore) -> None:
        """Add to the result what spoke for the likeliest label of the frame, and when that is.

        Raises:
            WorkerDied: The classifier died.
        """
        if self._pixels is None:
            return
        result.heat_map = as_data_uri(engine.explain_frame(self._pixels, self._label))
        result.heat_map_label = self._label
        result.heat_map_place = next(
            clock(moment.time_s) for moment in score.moments if moment.number == self._number
        )
