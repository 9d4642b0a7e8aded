"""Which frames of an animation are scored: chosen in one pass, while all of them are played.

A frame of an animation is a difference to the one before it, so that every frame is decoded
anyhow. Half of the frames that may be scored lie on an even grid; the other half is for what looks
like nothing scored so far. A flash of one frame is thus found, however long the animation is.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model.likeness import CELLS, NEW_CELL, NEW_MEAN, SAME_CELL, SAME_MEAN
from model.sampling import spread

COLUMNS, ROWS = CELLS
CELL: Final = 4  # pixels along each edge of a cell
SHOWN_QUICKLY_MS: Final = 10  # browsers show a frame of this delay or less as if it had 100 ms
DEFAULT_MS: Final = 100  # (https://wiki.mozilla.org/Acid3/GIF_timing, nsGIFDecoder2)

Small = NDArray[np.float32]


@dataclass(slots=True)
class _Kept:
    """A frame to be scored; `worth` is how little it looks like the others, from 1 on."""

    index: int
    small: Small
    worth: float


class Choice:
    """Takes the frames in their order, `see` by `see`; then tells which are to be scored."""

    def __init__(self, count: int, wanted: int) -> None:
        """Choose at most `wanted` of `count` frames."""
        self._wanted = wanted
        self._grid = frozenset(spread(count, wanted if count <= wanted else -(-wanted // 2)))
        self._kept: list[_Kept] = []
        self._like: list[int | None] = []  # by frame: the kept one it looks like, while it is kept

    def see(self, small: Small) -> tuple[bool, int | None]:
        """Take the next frame; return whether to keep it, and which one to drop for it, if any."""
        index = len(self._like)
        away = _distances([one.small for one in self._kept], small)
        same, new, nearest = min(away, key=lambda one: one[1], default=(np.inf, np.inf, 0))
        regular = index in self._grid
        if same < 1 or (new < 1 and not regular):
            self._like.append(self._kept[nearest].index)
            return False, None
        dropped = None if regular else self._least_worth(new)
        if dropped == index:
            self._like.append(None)
            return False, None
        if dropped is not None:
            self._kept = [one for one in self._kept if one.index != dropped]
            self._like = [None if like == dropped else like for like in self._like]
        self._kept.append(_Kept(index, small, np.inf if regular else new))
        self._like.append(index)
        return True, dropped

    @property
    def likes(self) -> list[int | None]:
        """By frame: the scored one that it is or looks like; None if it looks like none."""
        return self._like

    def _least_worth(self, worth: float) -> int | None:
        """Return what makes room for a frame of `worth`, perhaps itself; None if there is room."""
        to_come = sum(index > len(self._like) for index in self._grid)
        if len(self._kept) + to_come < self._wanted:
            return None
        changes = [one for one in self._kept if one.worth < np.inf]
        least = min(changes, key=lambda one: one.worth, default=None)
        return least.index if least and least.worth < worth else len(self._like)


def small_of(image: Image.Image) -> Small:
    """Return what is compared of a loaded frame, on white: float32 (rows, columns, 3), 0 to 255."""
    size = (COLUMNS * CELL, ROWS * CELL)
    tiny = np.asarray(image.convert("RGBA").resize(size, Image.Resampling.BOX), dtype=np.float32)
    opaque = tiny[..., 3:] / 255
    return (tiny[..., :3] * opaque + 255 * (1 - opaque)).astype(np.float32)


def seconds_of(image: Image.Image) -> float:
    """Return for how long browsers show a loaded frame, in seconds."""
    delay = image.info.get("duration", 0)
    if not isinstance(delay, int | float) or not delay > SHOWN_QUICKLY_MS:
        delay = DEFAULT_MS
    return float(delay) / 1000


def _distances(known: list[Small], small: Small) -> list[tuple[float, float, int]]:
    """Return how far `small` is from each one known, and its number.

    Below 1, the first says that it looks the same, the second that nothing new is to be seen.
    """
    if not known:
        return []
    changed = np.abs(np.stack(known) - small)
    cells = changed.reshape(-1, ROWS, CELL, COLUMNS, CELL, 3).mean(axis=(2, 4, 5))
    mean, most = cells.mean(axis=(1, 2)), cells.max(axis=(1, 2))
    same = np.maximum(mean / SAME_MEAN, most / SAME_CELL)
    new = np.maximum(mean / NEW_MEAN, most / NEW_CELL)
    return list(zip(same.tolist(), new.tolist(), range(len(known)), strict=True))
