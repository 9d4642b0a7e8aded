"""Where one scene ends and the next begins.

The rules are those of PySceneDetect's AdaptiveDetector, which camera movement does not fool, and of
its ContentDetector (https://www.scenedetect.com/docs/latest/api/detectors.html), written out: for
frames this small most of its time went into counting them, and a process that is started for each
video would load its ways to write and split videos, too. A test compares the two.
"""

from collections import deque
from typing import Final

import cv2

from model.video.reader import Pixels

# PySceneDetect's own: of ContentDetector and AdaptiveDetector.
SUDDEN: Final = 27.0
RATIO: Final = 3.0
LEAST_CHANGE: Final = 15.0
WINDOW: Final = 2  # frames that are looked ahead, and back


class CutDetector:
    """A change that stands out from those around it, or is sudden whatever is around.

    Two flashes near each other raise the average that the first compares with, so that it sees
    neither; both are far over the threshold of the second.
    """

    def __init__(self) -> None:
        self._last: Pixels | None = None
        self._changes: deque[float] = deque(maxlen=2 * WINDOW + 1)
        self._found: set[int] = set()

    def cuts(self, index: int, small: Pixels) -> list[int]:
        """Return the indices of frames now known to begin a scene, at most `WINDOW` back.

        Args:
            index: of this frame, 0-based, without gaps.
            small: BGR (h, w, 3) of one size for all frames.
        """
        self._changes.append(self._change(small))
        found = set()
        if self._changes[-1] >= SUDDEN:
            found.add(index)
        if self._stands_out():
            found.add(index - WINDOW)
        new = found - self._found
        self._found = {cut for cut in self._found | new if cut >= index - WINDOW}
        return sorted(new)

    def _change(self, small: Pixels) -> float:
        """Return the mean difference from the last frame in hue, saturation and brightness."""
        seen: Pixels = cv2.cvtColor(small, cv2.COLOR_BGR2HSV)  # type: ignore[assignment]
        last, self._last = self._last, seen
        return 0.0 if last is None else cv2.norm(seen, last, cv2.NORM_L1) / seen.size

    def _stands_out(self) -> bool:
        """Tell whether the change `WINDOW` back is one among its neighbours."""
        if len(self._changes) <= 2 * WINDOW:
            return False
        change = self._changes[WINDOW]
        around = (sum(self._changes) - change) / (2 * WINDOW)
        return change >= LEAST_CHANGE and change >= RATIO * around
