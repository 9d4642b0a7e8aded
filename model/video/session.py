"""One video in the decoder's process: decoded, cut into scenes, and its chosen frames handed on."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import cv2

from model.errors import ImageError, NoPictures, Undecodable
from model.fingerprint import fingerprint
from model.video.budget import Budget, Outlook
from model.video.choosing import Candidate, Chooser
from model.video.cuts import CutDetector
from model.video.limits import VideoLimits
from model.video.reader import Pixels, VideoFrame, open_reader
from model.video.source import Source

TURN_S: Final = 1.0  # after which what was chosen is handed on, however little
# When this share of the time would not last to the end, only key frames are decoded from there.
ON_TIME: Final = 0.8
TELLING_SHARE: Final = 0.05


class Session:
    """Decodes a turn at a time."""

    def __init__(self, path: Path, reader: str, limits: VideoLimits, target: int) -> None:
        """Open the video, see `model.video.reader.open_reader`."""
        self._limits = limits
        self._began = time.monotonic()
        self._source = Source(path, limits.file_bytes)
        self._reader = open_reader(reader, self._source, pixels=limits.pixels)
        self._frames = self._reader.frames()
        self._outlook = Outlook(self._source, self._reader.stream.duration_s)
        self._budget = Budget(limits, self._outlook)
        self._chooser = Chooser(limits, self._budget, target)
        self._detector = CutDetector()
        self._shape: tuple[int, int] | None = None
        self._decoded = 0
        self._time_s = 0.0
        self._hurried = False
        self._reasons: list[str] = []

    def turn(self) -> dict[str, Any]:
        """Decode until a batch is ready, or for a while; return it and how things stand.

        Raises:
            NoPictures, Undecodable, OverLimit: before the first frame.
        """
        until, done = time.monotonic() + TURN_S, False
        while not done and self._chooser.waiting < self._limits.batch and time.monotonic() < until:
            frame = self._next()
            # The first frame is always looked at: nothing seen would be no score.
            if frame is None or (self._decoded and self._is_late()):
                self._finish()
                done = True
            else:
                self._see(frame)
        return self._answer(done=done)

    def _next(self) -> VideoFrame | None:
        try:
            return next(self._frames, None)
        except ImageError as error:
            if not self._decoded:
                raise
            self._reasons.append(f"from {self._time_s:.1f} s on: {error}")
            return None

    def _see(self, frame: VideoFrame) -> None:
        small = self._fitted(frame.small())
        cuts = self._detector.cuts(self._decoded, small)
        self._time_s = frame.time_s
        self._chooser.see(Candidate(self._decoded, frame, small), cuts)
        self._decoded += 1

    def _fitted(self, small: Pixels) -> Pixels:
        """Return a small frame in the first one's size: streams may change theirs."""
        if self._shape is None:
            self._shape = small.shape[:2]
        if small.shape[:2] == self._shape:
            return small
        height, width = self._shape
        return cv2.resize(small, (width, height))  # type: ignore[return-value]

    def _is_late(self) -> bool:
        elapsed = time.monotonic() - self._began
        if elapsed >= self._limits.seconds:
            self._reasons.append(
                f"time: nothing after {self._time_s:.1f} s was looked at within the "
                f"{self._limits.seconds:g} s allowed"
            )
            return True
        if not self._hurried and elapsed > TELLING_SHARE * ON_TIME * self._limits.seconds:
            self._hurry_if_needed(elapsed)
        return False

    def _hurry_if_needed(self, elapsed: float) -> None:
        progress = self._outlook.progress(self._time_s)
        foreseen = elapsed / progress if progress > TELLING_SHARE else 0.0
        if foreseen > ON_TIME * self._limits.seconds:
            self._hurried = True
            if self._reader.only_key_frames():
                self._reasons.append(f"time: only key frames after {self._time_s:.1f} s")

    def _finish(self) -> None:
        if not self._decoded:
            if self._reader.corrupt or self._reader.fault:
                raise Undecodable("damaged: none of the frames can be decoded")
            raise NoPictures("a video without a frame")
        self._chooser.finish()
        if self._budget.is_spent:
            self._reasons.append(f"frames: {self._limits.frames} did not last to the end")
        if self._reader.fault:
            self._reasons.append(f"from {self._time_s:.1f} s on: {self._reader.fault}")

    def _answer(self, *, done: bool) -> dict[str, Any]:
        stream, (looks, cuts) = self._reader.stream, self._chooser.take()
        return {
            "looks": [
                [look.time_s, look.number, look.pixels, _fingerprint(look.pixels)] for look in looks
            ],
            "cuts": cuts,
            "decoded": self._decoded,
            "corrupt": self._reader.corrupt,
            "passed_over": self._chooser.passed_over,
            "time_s": self._time_s,
            "tick_s": stream.tick_s,
            "claimed_s": stream.duration_s,
            "codec": stream.codec,
            "width": stream.width,
            "height": stream.height,
            "file_bytes": self._source.whole_bytes,
            "reasons": self._reasons,
            "done": done,
        }


def _fingerprint(pixels: Pixels | None) -> str:
    return "" if pixels is None else fingerprint(pixels)


def serve(options: Mapping[str, Any]) -> Callable[[str | None], dict[str, Any]]:
    """Return the child's handler: a path begins a video, None goes on with it."""
    limits = VideoLimits(**options["limits"])
    session: Session | None = None

    def handle(path: str | None) -> dict[str, Any]:
        nonlocal session
        if path is not None:
            session = Session(Path(path), options["reader"], limits, options["target"])
        if session is None:
            raise RuntimeError("no video is open")
        return session.turn()

    return handle
