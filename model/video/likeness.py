"""How much two frames differ, at a glance."""

from collections import deque
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from model.video.reader import Pixels

# Means over the frame, and over the most changed of its cells, in steps of 0 to 255. A still
# scene under a lossy codec stays below the first pair; a fade or a small inset passes the second.
# Of two pictures that have nothing in common the mean is 60 and more.
SAME_MEAN: Final = 2.0
SAME_CELL: Final = 8.0
NEW_MEAN: Final = 8.0
NEW_CELL: Final = 40.0
OTHER_MEAN: Final = 20.0
CELLS: Final = (8, 6)  # columns, rows
REMEMBERED: Final = 16


@dataclass(frozen=True, slots=True)
class Difference:
    """Between two small frames: the mean, and that of the cell which changed most."""

    mean: float
    cell: float

    @property
    def is_none(self) -> bool:
        """Whether a classifier would see the same."""
        return self.mean < SAME_MEAN and self.cell < SAME_CELL

    @property
    def is_new(self) -> bool:
        """Whether something else is to be seen, though no cut led to it."""
        return self.mean >= NEW_MEAN or self.cell >= NEW_CELL

    @property
    def is_other_scene(self) -> bool:
        """Whether a new scene has begun, though without a cut."""
        return self.mean >= OTHER_MEAN


def difference(one: Pixels, other: Pixels) -> Difference:
    """Compare two small frames (h, w, 3) of one size."""
    changed = cv2.resize(cv2.absdiff(one, other), CELLS, interpolation=cv2.INTER_AREA)
    cells = np.asarray(changed, dtype=np.float32).mean(axis=2)
    return Difference(float(cells.mean()), float(cells.max()))


class Memory:
    """The frames last handed on for scoring, by number."""

    def __init__(self) -> None:
        self._known: deque[tuple[int, Pixels]] = deque(maxlen=REMEMBERED)

    def find(self, small: Pixels) -> int | None:
        """Return the number of a frame that looks the same, if one is remembered."""
        found = (n for n, known in reversed(self._known) if difference(known, small).is_none)
        return next(found, None)

    def add(self, number: int, small: Pixels) -> None:
        """Remember a frame; the oldest is forgotten."""
        self._known.append((number, small))
