"""One interface over the libraries that decode video, and the clock that both share."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from model.errors import OverLimit
from model.shrink import LONGEST_IN_TARGETS
from model.video.source import Source

SMALL_EDGE: Final = 64  # the long edge of what scene detection sees, pixels
# Half of what `model.shrink` keeps of a still: a video has no finer detail than that to lose.
OVERSAMPLING: Final = 2
# A file may claim any rate; a frame stands for no less and no more than this, seconds.
SHORTEST_TICK_S: Final = 1 / 240
LONGEST_TICK_S: Final = 1.0
USUAL_TICK_S: Final = 1 / 25

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Stream:
    """What a file says of its pictures. It may lie.

    Attributes:
        codec: FFmpeg's name, such as `vp9`.
        width: upright, in pixels.
        height: likewise.
        duration_s: in seconds, None if it does not say.
        tick_s: time from one frame to the next where frames do not say, seconds.
    """

    codec: str
    width: int
    height: int
    duration_s: float | None
    tick_s: float


class VideoFrame(Protocol):
    """A decoded frame. `time_s` counts from the first, in seconds, and always grows."""

    @property
    def time_s(self) -> float:
        """Time from the first frame, seconds."""

    def small(self) -> Pixels:
        """Return BGR (h, w, 3), `SMALL_EDGE` along the long edge, not turned upright."""

    def pixels(self, target: int) -> Pixels:
        """Return upright RGB (H, W, 3), shrunk to no less than `target` along the short edge."""


class Reader(Protocol):
    """An open video.

    Attributes:
        stream: what it says of itself.
        corrupt: damaged packets and frames so far.
        fault: why `frames` ended before the end of the file, None if it did not.
    """

    stream: Stream
    corrupt: int
    fault: str | None

    def frames(self) -> Iterator[VideoFrame]:
        """Yield every frame that can be decoded, in order; once."""

    def only_key_frames(self) -> bool:
        """Decode no others from now on, which is faster; return whether that can be done."""

    def close(self) -> None:
        """Let go of the file."""


def open_reader(name: str, source: Source, *, pixels: int) -> Reader:
    """Open a video with the library `name`, `pyav` or `opencv`.

    Raises:
        NoPictures: a sound.
        Unsupported: not a video read here.
        OverLimit: frames of more than `pixels`.
        Undecodable: damaged beyond opening.
    """
    # Each brings an FFmpeg of its own; a process loads only the one that it uses.
    if name == "opencv":
        from model.video.opencv import OpenCvReader  # noqa: PLC0415

        return OpenCvReader(source, pixels)
    from model.video.pyav import PyAvReader  # noqa: PLC0415

    return PyAvReader(source, pixels)


class Clock:
    """Time stamps that always grow, whatever a damaged or lying file says."""

    def __init__(self, tick_s: float) -> None:
        self._tick_s = tick_s
        self._first: float | None = None
        self._last = 0.0

    def read(self, stamp: float | None) -> float:
        """Return the seconds from the first frame to one stamped `stamp` seconds, if stamped."""
        if self._first is None:
            self._first = stamp or 0.0
            return 0.0
        told = self._last if stamp is None else stamp - self._first
        self._last = told if told > self._last else self._last + self._tick_s
        return self._last


def tick(rate: float | None) -> float:
    """Return the time between frames at `rate` per second, within reason, in seconds."""
    if rate is None or not rate > 0:
        return USUAL_TICK_S
    return min(max(1 / rate, SHORTEST_TICK_S), LONGEST_TICK_S)


def small_size(width: int, height: int) -> tuple[int, int]:
    """Return width and height of what scene detection sees."""
    scale = SMALL_EDGE / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def shown_size(width: int, height: int, target: int) -> tuple[int, int]:
    """Return width and height to hand on for a classifier that needs `target` pixels."""
    scale = min(1.0, OVERSAMPLING * target / min(width, height))
    longest = LONGEST_IN_TARGETS * target
    return _within(width * scale, longest), _within(height * scale, longest)


def _within(edge: float, longest: int) -> int:
    return min(max(1, round(edge)), longest)


def check_pixels(width: int, height: int, pixels: int) -> None:
    """Raise OverLimit for frames of too many pixels."""
    if width * height > pixels:
        raise OverLimit(f"{width} x {height} pixels, over the limit of {pixels} pixels")
