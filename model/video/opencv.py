"""Reading video with OpenCV, where PyAV cannot be had."""

import os
from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np

from model.errors import NoPictures, Undecodable, Unsupported
from model.video.reader import Clock, Pixels, Stream, check_pixels, shown_size, small_size, tick
from model.video.source import Source

# Tried again after a failure, as PySceneDetect does; Theora's repeated frames count as failures.
FAILURES_IN_A_ROW: Final = 100
MS: Final = 1e-3
_OPTIONS: Final = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
_CODEC_BYTES: Final = 4
_NAMES: Final = {
    "av01": "av1",
    "mpg1": "mpeg1video",
    "mpg2": "mpeg2video",
    "theo": "theora",
    "vp80": "vp8",
    "vp90": "vp9",
}


class OpenCvReader:
    """One pass over one video; see `model.video.reader.Reader`."""

    def __init__(self, source: Source, pixels: int) -> None:
        os.environ[_OPTIONS] = f"format_whitelist;{source.container()},webm|threads;1"
        self._source = source
        self._pixels = pixels
        self._capture = _opened(source)
        self.corrupt = 0
        self.fault: str | None = None
        self.stream = self._described()
        if self.stream.codec == "av1":
            raise Unsupported("a video in AV1, which OpenCV's FFmpeg cannot decode; PyAV's can")
        check_pixels(self.stream.width, self.stream.height, pixels)

    def frames(self) -> Iterator["OpenCvFrame"]:
        """Yield frames, passing over what is damaged."""
        clock = Clock(self.stream.tick_s)
        failures = 0
        while failures < FAILURES_IN_A_ROW:
            done, picture = self._capture.read()
            if not done:
                failures += 1
                continue
            failures = 0
            check_pixels(picture.shape[1], picture.shape[0], self._pixels)
            stamp = self._capture.get(cv2.CAP_PROP_POS_MSEC) * MS
            yield OpenCvFrame(np.asarray(picture, dtype=np.uint8), clock.read(stamp))

    def only_key_frames(self) -> bool:
        """OpenCV decodes every frame."""
        return False

    def close(self) -> None:
        """Let go of the file."""
        self._capture.release()

    def _described(self) -> Stream:
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        count = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        codec = _codec(int(self._capture.get(cv2.CAP_PROP_FOURCC)))
        # Theora's repeated frames are counted, but not returned: the end would seem to be missing.
        known = count > 0 and rate > 0 and codec != "theora"
        return Stream(
            codec=codec,
            width=int(self._capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
            height=int(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
            duration_s=count / rate if known else None,
            tick_s=tick(rate),
        )


class OpenCvFrame:
    """See `model.video.reader.VideoFrame`."""

    def __init__(self, picture: Pixels, time_s: float) -> None:
        self._picture = picture
        self.time_s = time_s

    def small(self) -> Pixels:
        """Scale by interpolating, which looks at few pixels."""
        return _scaled(self._picture, small_size(*_size(self._picture)), cv2.INTER_LINEAR)

    def pixels(self, target: int) -> Pixels:
        """Scale by averaging; OpenCV has turned it already."""
        size = shown_size(*_size(self._picture), target)
        return _scaled(self._picture, size, cv2.INTER_AREA)[:, :, ::-1].copy()


def _size(picture: Pixels) -> tuple[int, int]:
    return picture.shape[1], picture.shape[0]


def _scaled(picture: Pixels, size: tuple[int, int], method: int) -> Pixels:
    return cv2.resize(picture, size, interpolation=method)  # type: ignore[return-value]


def _opened(source: Source) -> cv2.VideoCapture:
    # Any io.BufferedIOBase serves as the IStreamReader that the signature asks for.
    capture: cv2.VideoCapture = cv2.VideoCapture(source, cv2.CAP_FFMPEG, [])  # type: ignore[call-overload]
    if capture.isOpened():
        return capture
    source.seek(0)
    if source.container() == "ogg":  # OpenCV does not say why
        raise NoPictures("an Ogg sound without pictures, or damaged before the first frame")
    raise Undecodable("damaged before the first frame")


def _codec(number: int) -> str:
    name = number.to_bytes(_CODEC_BYTES, "little").decode("ascii", "replace").lower()
    return _NAMES.get(name, name)
