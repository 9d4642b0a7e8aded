"""What the damaged videos are checked against, in a process apart."""

from collections.abc import Callable, Mapping
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray


def share_of_magenta(picture: NDArray[np.uint8]) -> float:
    """Return the share of pixels, RGB, that are magenta."""
    red, green, blue = picture.astype(np.int16).transpose(2, 0, 1)
    return float(((red > 170) & (blue > 140) & (green < 90)).mean())


def serve(_options: Mapping[str, Any]) -> Callable[[str], float]:
    """Return the child's handler: a path to the highest share of magenta in any frame."""
    return _highest


def _rgb(frame: av.VideoFrame) -> NDArray[np.uint8]:
    return np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)


def _highest(path: str) -> float:
    shares = [0.0]
    with av.open(path, "r") as container:
        for packet in container.demux(container.streams.video[0]):
            try:
                frames = packet.decode()
            except av.FFmpegError:
                continue
            shares += [share_of_magenta(_rgb(frame)) for frame in frames]
    return max(shares)
