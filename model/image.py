"""Bytes to RGB, exactly once for the whole project: untrusted files in, small sRGB arrays out.

Bytes from outside go through `model.decoder`, which runs this in a process apart.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.Image import Transpose

from model import sniff
from model.colour import ProfileRefused, srgb_on_white
from model.errors import OverLimit, Undecodable, Unsupported
from model.frames import count_frames
from model.pillow import DAMAGE, held_to
from model.playing import Choice, seconds_of, small_of
from model.sampling import spread
from model.shrink import OVERSAMPLING, factors, shrunk

# https://www.cipa.jp/std/documents/download_e.html?CIPA_DC-008-2024-E, tag Orientation
_ORIENTATION_TAG: Final = 274
_UPRIGHT: Final = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
_SIDEWAYS: Final = range(5, 9)
_PLAYED_IN_ORDER: Final = frozenset({"GIF", "PNG", "WEBP"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodeLimits:
    """What one file may cost, checked before any pixel is decoded.

    Attributes:
        file_bytes: size of the file.
        pixels: width x height of any one frame.
        frames: frames or pages scored; more are sampled, which is no error.
        frames_in_file: frames or pages a file may hold.
        animation_pixels: pixels of an animation that are played; what comes after them is not
            looked at, which is no error. Frames are differences: the last one costs all before it.
    """

    file_bytes: int = 100 * 2**20
    pixels: int = 100_000_000
    frames: int = 8
    frames_in_file: int = 5_000
    animation_pixels: int = 500_000_000

    def __post_init__(self) -> None:
        """Raise ValueError for a limit below one."""
        for field in fields(self):
            if getattr(self, field.name) < 1:
                raise ValueError(f"decode limit {field.name} must be at least 1")

    def check_size(self, data: bytes) -> None:
        """Raise OverLimit for a file of too many bytes."""
        if len(data) > self.file_bytes:
            raise OverLimit(f"{len(data)} bytes, over the limit of {self.file_bytes}")


DEFAULT_LIMITS: Final = DecodeLimits()


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a file: `pixels` (H, W, 3) uint8 sRGB, `index` its 0-based position.

    `fingerprint` is that of `model.fingerprint`, or empty if it was not taken.
    """

    pixels: NDArray[np.uint8]
    index: int
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded file.

    Attributes:
        frames: at least one; the first of the file among them, and the last if it is whole and
            looks like no other. Pages are evenly spread; for animations see `model.playing`.
        format: Pillow's name: JPEG, MPO, PNG, GIF, WEBP or TIFF.
        width: of the original's first frame, upright, in pixels.
        height: likewise.
        frame_count: frames or pages in the file.
        truncated: the file is damaged; `frames` is what could be read.
        notes: what was ignored on the way, in words.
        shown: when which frame is to be seen: seconds from the start, or the page from 1 on; and
            which of `frames` it is or looks like. In order; empty for a single picture.
        end: of the last one shown, likewise.
        unseen: frames or pages that look like none of `frames`, or were not compared with them.
    """

    frames: tuple[Frame, ...]
    format: str
    width: int
    height: int
    frame_count: int
    truncated: bool
    notes: tuple[str, ...] = ()
    shown: tuple[tuple[float, int], ...] = ()
    end: float = 0.0
    unseen: int = 0


def decode(
    data: bytes, *, limits: DecodeLimits = DEFAULT_LIMITS, target: int | None = None
) -> Picture:
    """Decode a JPEG, PNG, GIF, WebP or TIFF to upright sRGB on white.

    Args:
        data: the whole file.
        limits: what it may cost.
        target: pixels the consumer needs along the short edge. Frames come back shrunk, but never
            under it nor enlarged; very long pictures are shrunk more along the long edge.

    Raises:
        Unsupported: not one of these formats.
        OverLimit: larger than `limits`, or than the memory of the process.
        Undecodable: damaged so that nothing can be seen.
    """
    limits.check_size(data)
    decoder = sniff.decoder_name(data)
    if decoder is None:
        raise Unsupported(f"{sniff.describe(data)}; read here are JPEG, PNG, GIF, WebP and TIFF")
    try:
        with held_to(pixels=limits.pixels, lenient=False):
            return _Reader(data, decoder, limits, target).read()
    except Undecodable:
        with held_to(pixels=limits.pixels, lenient=True):
            return _Reader(data, decoder, limits, target).salvage()


class _Reader:
    """One pass over one file."""

    def __init__(self, data: bytes, decoder: str, limits: DecodeLimits, target: int | None) -> None:
        self._limits = limits
        self._target = target
        self._image = Image.open(io.BytesIO(data), formats=(decoder,))
        self._check_pixels()
        self._width, self._height = _upright_size(self._image)
        self._count = count_frames(self._image, data, limit=limits.frames_in_file)
        self._notes: dict[str, None] = {}
        self._frames: dict[int, Frame] = {}  # by their index, in order
        affordable = limits.animation_pixels // max(1, self._width * self._height)
        self._playable = max(1, min(self._count, affordable))
        self._choice = Choice(self._playable, limits.frames)
        self._times = [
            0.0
        ]  # when each frame of an animation begins, and the last one ends, seconds
        self._reached = 0

    def read(self) -> Picture:
        """Read what is to be scored, or raise."""
        self._look()
        return self._picture(truncated=False)

    def salvage(self) -> Picture:
        """Read what is to be scored, up to the first frame that cannot be read."""
        try:
            self._look()
        except DAMAGE as error:
            self._notes[f"frame {self._reached} onwards cannot be read: {error}"] = None
        if all((frame.pixels == frame.pixels[0, 0]).all() for frame in self._frames.values()):
            raise Undecodable("damaged before the first pixel")
        return self._picture(truncated=True)

    def _look(self) -> None:
        if self._is_played:
            self._play()
            return
        for index in spread(self._count, self._limits.frames):
            self._load(index)
            self._frames[index] = self._frame(index)

    @property
    def _is_played(self) -> bool:
        return self._image.format in _PLAYED_IN_ORDER and self._count > 1

    def _play(self) -> None:
        for index in range(self._playable):
            self._load(index)
            kept, dropped = self._choice.see(small_of(self._image))
            self._times.append(self._times[-1] + seconds_of(self._image))
            if dropped is not None:
                del self._frames[dropped]
            if kept:
                self._frames[index] = self._frame(index)

    def _load(self, index: int) -> None:
        self._reached = index
        self._image.seek(index)
        self._check_pixels()
        if self._target is not None:
            edge = OVERSAMPLING * self._target
            self._image.draft(None, (edge, edge))  # JPEG: no inverse DCT of detail not needed
        self._image.load()

    def _frame(self, index: int) -> Frame:
        image = self._image
        # Many frames at once are held in memory, each of half the size that a single one may have.
        target = self._target // 2 if self._target and self._is_played else self._target
        small = shrunk(image, factors(*image.size, target))
        upright = self._srgb(small, image.info)
        turn = _UPRIGHT.get(_orientation(image))
        return Frame(np.array(upright.transpose(turn) if turn is not None else upright), index)

    def _srgb(self, image: Image.Image, info: Mapping[str | tuple[int, int], Any]) -> Image.Image:
        gamma = None if "srgb" in info else info.get("gamma")
        try:
            return srgb_on_white(image, profile=info.get("icc_profile"), gamma=gamma)
        except ProfileRefused as refusal:
            self._notes[f"{refusal}; ignored"] = None
            return srgb_on_white(image)

    def _check_pixels(self) -> None:
        width, height = self._image.size
        if width * height > self._limits.pixels:
            raise OverLimit(
                f"{width} x {height} pixels, over the limit of {self._limits.pixels} pixels"
            )

    def _picture(self, *, truncated: bool) -> Picture:
        shown, end, unseen = self._shown()
        return Picture(
            frames=tuple(self._frames.values()),
            format=str(self._image.format),
            width=self._width,
            height=self._height,
            frame_count=self._count,
            truncated=truncated,
            notes=tuple(self._notes),
            shown=shown,
            end=end,
            unseen=unseen,
        )

    def _shown(self) -> tuple[tuple[tuple[float, int], ...], float, int]:
        """Return the last three fields of a `Picture`."""
        if self._count == 1:
            return (), 0.0, 0
        positions = {index: n for n, index in enumerate(self._frames)}
        if not self._is_played:
            pages = tuple((1.0 + index, n) for index, n in positions.items())
            return pages, 1.0 + self._count, self._count - len(pages)
        likes = self._choice.likes
        # One entry for each change: of frames that look alike, the first.
        shown = tuple(
            (self._times[index], positions[like])
            for index, like in enumerate(likes)
            if like is not None and (index == 0 or likes[index - 1] != like)
        )
        return shown, self._times[-1], likes.count(None) + self._count - len(likes)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except DAMAGE:
        return 1  # damaged EXIF says nothing about the pixels


def _upright_size(image: Image.Image) -> tuple[int, int]:
    width, height = image.size
    # Pillow turns TIFF by itself, so that its size is upright from the start.
    sideways = image.format != "TIFF" and _orientation(image) in _SIDEWAYS
    return (height, width) if sideways else (width, height)
