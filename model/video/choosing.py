"""Which frames of a video are looked at: chosen in one pass, while it is being decoded."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from model.likeness import Difference
from model.video.budget import Budget
from model.video.cuts import WINDOW
from model.video.likeness import Memory, difference
from model.video.limits import VideoLimits
from model.video.reader import Pixels, VideoFrame

# Frames after which time has passed whatever the time stamps say: seconds at 75 per second.
FRAMES_PER_S: Final = 75
STAMP_S: Final = 1e-3  # precision of time stamps in WebM
RESTLESS_S: Final = 1.0  # how long a movement may go on before it is looked at


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
        self._compared: Candidate  # the latest on the lattice
        self._anchor: Candidate  # the latest of those that stood still, or followed a cut
        self._restless: Candidate | None = None  # since when nothing has stood still
        self._scored = 0
        self._looks: list[Look] = []
        self._cuts: list[float] = []
        self.passed_over = 0

    def take(self) -> tuple[list[Look], list[float]]:
        """Return looks chosen, and times of cuts found, since the last call; not in order."""
        taken = self._looks, self._cuts
        self._looks, self._cuts = [], []
        return taken

    @property
    def waiting(self) -> int:
        """How many frames are ready to be scored."""
        return sum(look.pixels is not None for look in self._looks)

    def see(self, candidate: Candidate, cuts: Sequence[int]) -> None:
        """Take the next frame, and which of the last few frames begin a scene."""
        self._recent.append(candidate)
        if self._looked is None:
            self._look(candidate)
            self._compared = self._anchor = candidate
        for cut in cuts:
            self._look_around(cut)
        if candidate.frame.time_s > self._looked_at_s:
            self._look_between(candidate)
        self._cuts += [c.frame.time_s for c in self._recent if c.index in cuts]

    def finish(self) -> None:
        """Look at the last frame; no detector can tell any more whether it is another scene."""
        if not self._recent:
            return
        *before, last = self._recent
        if before and difference(before[-1].small, last.small).is_other_scene:
            self._cuts.append(last.frame.time_s)
        self._look(last)

    @property
    def _looked_at_s(self) -> float:
        return self._looked.frame.time_s if self._looked else 0.0

    def _look_around(self, cut: int) -> None:
        sides = [c for c in self._recent if c.index in (cut - 1, cut)]
        self._anchor = self._compared = sides[-1]
        for side in sides:
            if not self._repeats(side):
                if self._budget.spend_change(side.frame.time_s):
                    self._look(side)
                else:
                    self.passed_over += side.index == cut

    def _look_between(self, candidate: Candidate) -> None:
        assert self._looked  # noqa: S101 - the first frame always is
        gap_s = self._budget.gap_s(candidate.frame.time_s)
        due = _passed(self._looked, candidate, gap_s)
        if not due and not _passed(self._compared, candidate, self._limits.lattice_s):
            return
        change = difference(self._looked.small, candidate.small)
        calm = not difference(self._compared.small, candidate.small).is_new
        self._compared = candidate
        if due or self._is_worth_a_look(candidate, change, calm=calm):
            self._look_within(candidate, regular=due)
        elif change.is_none and _passed(self._looked, candidate, gap_s / 2):
            self._repeats(candidate)
        if calm and difference(self._anchor.small, candidate.small).is_other_scene:
            self._cuts.append(candidate.frame.time_s)
        if calm:
            self._anchor = candidate

    def _is_worth_a_look(self, candidate: Candidate, change: Difference, *, calm: bool) -> bool:
        """Tell whether a fade has ended or a movement gone on for long; half-way mixes mislead."""
        if not change.is_new:
            self._restless = None
            return False
        self._restless = self._restless or candidate
        return calm or _passed(self._restless, candidate, RESTLESS_S)

    def _look_within(self, candidate: Candidate, *, regular: bool) -> None:
        self._restless = None
        if self._repeats(candidate):
            return
        if regular:
            self._budget.spend_regular()
        elif not self._budget.spend_change(candidate.frame.time_s):
            return
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
    frames, passed_s = now.index - since.index, now.frame.time_s - since.frame.time_s
    return passed_s + STAMP_S >= seconds or frames >= seconds * FRAMES_PER_S
