"""How much two frames differ, at a glance."""

from collections import deque
from typing import Final

import cv2
import numpy as np

from model.likeness import CELLS, SAME_MEAN, Difference
from model.video.reader import Pixels

REMEMBERED: Final = 16
ROUNDING: Final = 0.5  # cells are whole steps


def difference(one: Pixels, other: Pixels) -> Difference:
    """Compare two small frames (h, w, 3) of one size."""
    changed = cv2.resize(cv2.absdiff(one, other), CELLS, interpolation=cv2.INTER_AREA)
    cells = np.asarray(changed).sum(axis=2)
    return Difference(int(cells.sum()) / changed.size, int(cells.max()) / changed.shape[2])


class Memory:
    """The frames last handed on for scoring, by number."""

    def __init__(self) -> None:
        self._known: deque[tuple[int, Pixels]] = deque(maxlen=REMEMBERED)

    def find(self, small: Pixels) -> int | None:
        """Return the number of a frame that looks the same, if one is remembered."""
        found = (n for n, known in reversed(self._known) if _is_same(known, small))
        return next(found, None)

    def add(self, number: int, small: Pixels) -> None:
        """Remember a frame; the oldest is forgotten."""
        self._known.append((number, small))


def _is_same(one: Pixels, other: Pixels) -> bool:
    # Most differ far more, which their sum tells in a tenth of the time.
    mean = cv2.norm(one, other, cv2.NORM_L1) / one.size
    return mean < SAME_MEAN + ROUNDING and difference(one, other).is_none
