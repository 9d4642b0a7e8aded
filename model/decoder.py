"""`model.image.decode` behind a process boundary: the way to open bytes from outside."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from math import isfinite
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from model.errors import WorkerDied
from model.fingerprint import FINGERPRINT, fingerprint
from model.image import DEFAULT_LIMITS, DecodeLimits, Frame, Picture, decode
from model.isolation import IsolatedWorker, ProcessLimits

HANDLER: Final = "model.decoder:serve"
DECODE_TIMEOUT_S: Final = 30.0
# By default the C library returns a picture's memory to the system at once, and the next picture
# pays for it in page faults (https://man7.org/linux/man-pages/man3/mallopt.3.html).
KEPT_MEMORY: Final = {
    "MALLOC_MMAP_THRESHOLD_": str(8 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(16 * 2**20),
}
DEFAULT_PROCESS: Final = ProcessLimits(environment=KEPT_MEMORY)
RGB_AXES: Final = 3  # height, width, channel
RGB_CHANNELS: Final = 3


class IsolatedDecoder:
    """Decodes in one child process, one picture at a time. Safe to share between threads."""

    def __init__(
        self,
        *,
        limits: DecodeLimits = DEFAULT_LIMITS,
        target: int | None = None,
        process: ProcessLimits = DEFAULT_PROCESS,
        fingerprints: bool = True,
    ) -> None:
        """Take `limits` and `target` as `model.image.decode` does.

        Without `fingerprints` those of the frames are empty, which saves up to half of the time.
        """
        self._limits = limits
        options = {"limits": asdict(limits), "target": target, "fingerprints": fingerprints}
        self._worker = IsolatedWorker(HANDLER, options=options, limits=process)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def decode(self, data: bytes, *, timeout_s: float = DECODE_TIMEOUT_S) -> Picture:
        """Decode as `model.image.decode` does, raising what it raises.

        Raises:
            WorkerDied: the file crashed the decoder, or took too long or too much memory.
        """
        self._limits.check_size(data)  # before the child has to hold it
        return _picture(self._worker.call(data, timeout_s=timeout_s))

    async def adecode(self, data: bytes, *, timeout_s: float = DECODE_TIMEOUT_S) -> Picture:
        """Decode as `decode` does, for an event loop; see `IsolatedWorker.acall`."""
        self._limits.check_size(data)
        return _picture(await self._worker.acall(data, timeout_s=timeout_s))

    def close(self) -> None:
        """End the child."""
        self._worker.close()


def serve(options: Mapping[str, Any]) -> Callable[[bytes], dict[str, Any]]:
    """Return the child's handler: bytes to the fields of a `Picture`."""
    limits = DecodeLimits(**options["limits"])
    target = options["target"]
    mark = fingerprint if options["fingerprints"] else _no_fingerprint

    return lambda data: _plain(decode(data, limits=limits, target=target), mark)


def _no_fingerprint(_: NDArray[np.uint8]) -> str:
    return ""


def _plain(picture: Picture, mark: Callable[[NDArray[np.uint8]], str]) -> dict[str, Any]:
    values = {field.name: getattr(picture, field.name) for field in fields(picture)}
    frames = [[frame.index, frame.pixels, mark(frame.pixels)] for frame in picture.frames]
    return values | {"frames": frames}


def _picture(answer: Any) -> Picture:
    """Undo `_plain`, trusting nothing: the child may be what the file has made of it."""
    try:
        return Picture(
            frames=_frames(answer["frames"]),
            format=str(answer["format"]),
            width=int(answer["width"]),
            height=int(answer["height"]),
            frame_count=int(answer["frame_count"]),
            truncated=bool(answer["truncated"]),
            notes=tuple(str(note) for note in answer["notes"]),
            shown=_shown(answer["shown"], len(answer["frames"])),
            end=float(answer["end"]),
            unseen=int(answer["unseen"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise WorkerDied(f"unreadable picture: {error}") from error


def _frames(listed: Any) -> tuple[Frame, ...]:
    frames = tuple(
        Frame(checked_rgb(pixels), int(index), checked_fingerprint(mark))
        for index, pixels, mark in listed
    )
    if not frames:
        raise ValueError("no frame")
    return frames


def _shown(listed: Any, frames: int) -> tuple[tuple[float, int], ...]:
    shown = tuple((float(at), int(number)) for at, number in listed)
    if not all(isfinite(at) and 0 <= number < frames for at, number in shown):
        raise ValueError("a frame is shown that is not there")
    return shown


def checked_fingerprint(mark: Any) -> str:
    """Return what a child sent as a fingerprint; empty is none.

    Raises:
        TypeError, ValueError: it is none, nor empty.
    """
    if mark != "" and not FINGERPRINT.fullmatch(mark):
        raise ValueError(f"no fingerprint: {mark!r}")
    return str(mark)


def checked_rgb(pixels: Any) -> NDArray[np.uint8]:
    """Return what a child sent as a picture, uint8 (H, W, 3).

    Raises:
        ValueError: it is none.
    """
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8 or not pixels.size:
        raise ValueError("a frame without pixels")
    if pixels.ndim != RGB_AXES or pixels.shape[2] != RGB_CHANNELS:
        raise ValueError(f"a frame of shape {pixels.shape}")
    return pixels
