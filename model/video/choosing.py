"""Which frames of a video are looked at: chosen in one pass, while it is being decoded."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from model.video.budget import Budget
from model.video.cuts import WINDOW
from model.video.likeness import Memory, difference
from model.video.limits import VideoLimits
from model.video.reader import Pixels, VideoFrame

# Frames after which time has passed whatever the time stamps say: seconds at 75 per second.
FRAMES_PER_S: Final = 75


@dataclass(frozen=True, slots=True)
class Candidate:
    """A decoded frame, 0-based `index`, and what scene detection sees of it."""

    index: int
    frame: VideoFrame
    small: Pixels


@dataclass(frozen=True, slots=True)
class Look:
    """A frame chosen at `time_s` seconds, with `pixels`; or without, like `number` before it."""

    time_s: float
    number: int
    pixels: Pixels | None


class Chooser:
    """Chooses the first frame and the last, both sides of a cut, and what lies too far between."""

    def __init__(self, limits: VideoLimits, budget: Budget, target: int) -> None:
        self._limits = limits
        self._budget = budget
        self._target = target
        self._memory = Memory()
        self._recent: deque[Candidate] = deque(maxlen=WINDOW + 2)
        self._looked: Candidate | None = None  # the latest in the video
        self._compared: Candidate | None = None
        self._scored = 0
        self._looks: list[Look] = []
        self.passed_over = 0

    def take(self) -> list[Look]:
        """Return the looks chosen since the last call; times are not in order around cuts."""
        taken, self._looks = self._looks, []
        return taken

    @property
    def waiting(self) -> int:
        """How many frames are ready to be scored."""
        return sum(look.pixels is not None for look in self._looks)

    def see(self, candidate: Candidate, cuts: Sequence[int]) -> list[float]:
        """Take the next frame, and which of the last few frames begin a scene; return when."""
        self._recent.append(candidate)
        if self._looked is None:
            self._look(candidate)
        for cut in cuts:
            self._look_around(cut)
        if candidate.frame.time_s > self._looked_at_s:
            self._look_between(candidate)
        return [c.frame.time_s for c in self._recent if c.index in cuts]

    def finish(self) -> None:
        """Look at the last frame."""
        if self._recent:
            self._look(self._recent[-1])

    @property
    def _looked_at_s(self) -> float:
        return self._looked.frame.time_s if self._looked else 0.0

    def _look_around(self, cut: int) -> None:
        sides = [c for c in self._recent if c.index in (cut - 1, cut)]
        for side in sides:
            if not self._repeats(side):
                if self._budget.spend_change(side.frame.time_s):
                    self._look(side)
                else:
                    self.passed_over += side.index == cut

    def _look_between(self, candidate: Candidate) -> None:
        assert self._looked  # noqa: S101 - the first frame always is
        gap_s = self._budget.gap_s(candidate.frame.time_s)
        if _passed(self._looked, candidate, gap_s):
            if not self._repeats(candidate):
                self._budget.spend_regular()
                self._look(candidate)
        elif _passed(self._compared or self._looked, candidate, self._limits.lattice_s):
            self._compared = candidate
            if (
                difference(self._looked.small, candidate.small).is_new
                and not self._repeats(candidate)
                and self._budget.spend_change(candidate.frame.time_s)
            ):
                self._look(candidate)

    def _repeats(self, candidate: Candidate) -> bool:
        """Look at a frame for nothing if it is like one before."""
        number = self._memory.find(candidate.small)
        if number is None:
            return False
        self._note(candidate, Look(candidate.frame.time_s, number, None))
        return True

    def _look(self, candidate: Candidate) -> None:
        if self._repeats(candidate):
            return
        pixels = candidate.frame.pixels(self._target)
        self._note(candidate, Look(candidate.frame.time_s, self._scored, pixels))
        self._memory.add(self._scored, candidate.small)
        self._scored += 1

    def _note(self, candidate: Candidate, look: Look) -> None:
        self._looks.append(look)
        if self._looked is None or candidate.index > self._looked.index:
            self._looked = candidate


def _passed(since: Candidate, now: Candidate, seconds: float) -> bool:
    frames = now.index - since.index
    return now.frame.time_s - since.frame.time_s >= seconds or frames >= seconds * FRAMES_PER_S
