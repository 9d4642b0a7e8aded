"""Where one scene ends and the next begins."""

from typing import Final

import cv2
from scenedetect.common import FrameTimecode
from scenedetect.detectors import AdaptiveDetector

from model.video.reader import Pixels

# PySceneDetect's own: of ContentDetector and AdaptiveDetector.
SUDDEN: Final = 27.0
RATIO: Final = 3.0
LEAST_CHANGE: Final = 15.0
WINDOW: Final = 2  # frames that AdaptiveDetector looks ahead
_ANY_RATE: Final = 25.0  # frames are counted, so that no time is converted


class CutDetector(AdaptiveDetector):  # type: ignore[misc] # PySceneDetect publishes no types
    """AdaptiveDetector, which camera movement does not fool, and ContentDetector's threshold.

    Two flashes near each other raise the average that AdaptiveDetector compares with, so that it
    sees neither; both are far over the threshold. One pass serves both.
    """

    def __init__(self) -> None:
        super().__init__(
            adaptive_threshold=RATIO,
            min_scene_len=1,
            window_width=WINDOW,
            min_content_val=LEAST_CHANGE,
        )
        self._found: set[int] = set()
        self._last: Pixels | None = None

    def cuts(self, index: int, small: Pixels) -> list[int]:
        """Return the indices of frames now known to begin a scene, at most `WINDOW` back.

        Args:
            index: of this frame, 0-based, without gaps.
            small: BGR (h, w, 3) of one size for all frames.
        """
        found = {
            cut.frame_num for cut in self.process_frame(FrameTimecode(index, _ANY_RATE), small)
        }
        if self._frame_score is not None and self._frame_score >= SUDDEN:
            found.add(index)
        new = found - self._found
        self._found = {cut for cut in self._found | new if cut >= index - WINDOW}
        return sorted(new)

    def _calculate_frame_score(self, _: FrameTimecode, frame_img: Pixels) -> float:
        """Return ContentDetector's own score, which would be counted in copies of int32."""
        seen: Pixels = cv2.cvtColor(frame_img, cv2.COLOR_BGR2HSV)  # type: ignore[assignment]
        last, self._last = self._last, seen
        return 0.0 if last is None else cv2.norm(seen, last, cv2.NORM_L1) / seen.size
