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
    """What one file may cost. All are checked before any pixel is decoded.

    Attributes:
        file_bytes: size of the file.
        pixels: width x height of any one frame.
        frames: frames looked at; more are sampled, which is no error.
        frames_in_file: frames or pages a file may hold.
        animation_pixels: pixels to decode up to the last frame; frames of an animation are
            differences, so the last one costs all before it.
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
        frames: at least one, evenly spread; the first of the file, and the last if it is whole.
        format: Pillow's name: JPEG, MPO, PNG, GIF, WEBP or TIFF.
        width: of the original's first frame, upright, in pixels.
        height: likewise.
        frame_count: frames or pages in the file.
        truncated: the file is damaged; `frames` is what could be read.
        notes: what was ignored on the way, in words.
    """

    frames: tuple[Frame, ...]
    format: str
    width: int
    height: int
    frame_count: int
    truncated: bool
    notes: tuple[str, ...] = ()


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

    def read(self) -> Picture:
        """Read every chosen frame, or raise."""
        return self._picture([self._frame(i) for i in self._chosen()], truncated=False)

    def salvage(self) -> Picture:
        """Read chosen frames up to the first that cannot be read."""
        found: list[Frame] = []
        for index in self._chosen():
            try:
                found.append(self._frame(index))
            except DAMAGE as error:
                self._notes[f"frame {index} onwards cannot be read: {error}"] = None
                break
        if all((frame.pixels == frame.pixels[0, 0]).all() for frame in found):
            raise Undecodable("damaged before the first pixel")
        return self._picture(found, truncated=True)

    def _chosen(self) -> tuple[int, ...]:
        chosen = spread(self._count, self._limits.frames)
        if self._image.format in _PLAYED_IN_ORDER:
            cost = self._width * self._height * (chosen[-1] + 1)
            if cost > self._limits.animation_pixels:
                raise OverLimit(
                    f"{cost} pixels to play, over the limit of {self._limits.animation_pixels}"
                )
        return chosen

    def _frame(self, index: int) -> Frame:
        image = self._image
        image.seek(index)
        self._check_pixels()
        if self._target is not None:
            edge = OVERSAMPLING * self._target
            image.draft(None, (edge, edge))  # JPEG: skips the inverse DCT of detail not needed
        image.load()
        small = shrunk(image, factors(*image.size, self._target))
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

    def _picture(self, frames: list[Frame], *, truncated: bool) -> Picture:
        return Picture(
            frames=tuple(frames),
            format=str(self._image.format),
            width=self._width,
            height=self._height,
            frame_count=self._count,
            truncated=truncated,
            notes=tuple(self._notes),
        )


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
