"""Benign still pictures in every shape that Commons accepts.

Drawings are our own; the photographs are those that scikit-image carries in its wheel.
"""

import colorsys
import io
import random
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import skimage
from PIL import Image, ImageDraw

INK = "#22252b"
ORIENTATION_TAG = 0x0112
QUARTER_TURN = 6
"""EXIF orientation: the picture has to be turned 90 degrees clockwise for display."""

PAGE_TIMEOUT_S = 60.0
_PHOTOGRAPHS = Path(skimage.__file__).parent / "data"


@cache
def photograph(name: str, width: int | None = None) -> Image.Image:
    """Return one of scikit-image's pictures, RGB, scaled to `width` pixels."""
    picture = Image.open(_PHOTOGRAPHS / name).convert("RGB")
    return picture if width is None else scaled(picture, width)


@cache
def drawing(number: int, width: int = 640, turn: float = 0.0) -> Image.Image:
    """Return a cartoon, RGB, 4:3: a robot in a landscape, in the colours of `number`.

    `turn` (degrees) swings its arms, for animations.
    """
    dice = random.Random(number)
    picture = Image.new("RGB", (640, 480), _pastel(dice))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((480, 30, 580, 130), fill="#f7d154", outline=INK, width=5)
    for hill in range(3):
        left = dice.randint(-150, 450)
        pen.ellipse((left, 330 + 20 * hill, left + 500, 700), _pastel(dice), INK, 5)
    _robot(pen, dice.randint(150, 330), _pastel(dice), turn)
    return scaled(picture, width)


@cache
def pencil(name: str, width: int = 640) -> Image.Image:
    """Return a photograph as a pencil sketch, RGB.

    The default model takes these for drawings, and the flat cartoons above for photographs.
    """
    pixels = np.asarray(photograph(name, 600))[..., ::-1].copy()
    grey, _ = cv2.pencilSketch(pixels, sigma_s=60, sigma_r=0.07, shade_factor=0.04)
    return scaled(Image.fromarray(grey).convert("RGB"), width)


def sticker(number: int, width: int = 640) -> Image.Image:
    """Return a drawing, RGBA, that fades to nothing around a circle."""
    picture = drawing(number, width).convert("RGBA")
    hole = Image.new("L", picture.size, 0)
    ImageDraw.Draw(hole).ellipse((0, 0, *picture.size), fill=255)
    picture.putalpha(hole)
    return picture


def _robot(pen: ImageDraw.ImageDraw, left: int, colour: str, turn: float) -> None:
    for x, swing in ((left - 40, turn), (left + 170, -turn)):
        pen.rounded_rectangle((x, 250 - swing, x + 40, 340 - swing), 15, colour, INK, 5)
    for x in (left + 20, left + 110):
        pen.rounded_rectangle((x, 370, x + 40, 450), 8, colour, INK, 5)
    pen.rounded_rectangle((left, 240, left + 170, 380), 20, colour, INK, 5)
    pen.rounded_rectangle((left - 10, 110, left + 180, 230), 30, colour, INK, 5)
    for x in (left + 20, left + 110):
        pen.ellipse((x, 145, x + 40, 185), "white", INK, 5)
        pen.ellipse((x + 14, 158, x + 26, 170), INK)
    pen.arc((left + 50, 170, left + 120, 215), 0, 180, INK, 5)


def _pastel(dice: random.Random) -> str:
    red, green, blue = colorsys.hls_to_rgb(dice.random(), 0.72, 0.7)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def scaled(picture: Image.Image, width: int) -> Image.Image:
    """Return `picture` `width` pixels wide, in proportion."""
    return picture.resize((width, round(picture.height * width / picture.width)))


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """Return a file of `kind`, one of Pillow's format names."""
    buffer = io.BytesIO()
    # A copy: a picture remembers the last encoder's settings, and TIFF's stumbles on them.
    picture.copy().save(buffer, kind, **options)
    return buffer.getvalue()


def jpeg(picture: Image.Image, **options: Any) -> bytes:
    """Return a JPEG at quality 88."""
    return encoded(picture, "JPEG", **{"quality": 88, **options})


def rotated_by_exif(picture: Image.Image) -> bytes:
    """Return a JPEG stored lying on its side, which EXIF puts upright."""
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = QUARTER_TURN
    return jpeg(picture.transpose(Image.Transpose.ROTATE_90), exif=exif)


def sixteen_bit(picture: Image.Image, suffix: str) -> bytes:
    """Return a PNG or TIFF of 16 bits a channel, which Pillow cannot write in colour."""
    pixels = np.asarray(picture.convert("RGB"))[..., ::-1].astype(np.uint16) * 257
    done, buffer = cv2.imencode(suffix, pixels)
    assert done
    return bytes(buffer)


def in_sequence(pictures: Sequence[Image.Image], kind: str, **options: Any) -> bytes:
    """Return an animation (GIF, WebP) or a document (TIFF, PDF) of several pictures."""
    first, *others = pictures
    return encoded(first, kind, save_all=True, append_images=others, **options)


def djvu(pages: Sequence[Image.Image]) -> bytes:
    """Return a DjVu document, by the programs of DjVuLibre."""
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for number, page in enumerate(pages, 1):
            source, part = Path(folder) / f"{number}.ppm", Path(folder) / f"{number}.djvu"
            page.save(source)
            subprocess.run(["c44", source, part], check=True, timeout=PAGE_TIMEOUT_S)
            parts.append(part)
        whole = Path(folder) / "whole.djvu"
        subprocess.run(["djvm", "-c", whole, *parts], check=True, timeout=PAGE_TIMEOUT_S)
        return whole.read_bytes()


def bomb() -> bytes:
    """Return a PNG of some 10 kB that unpacks to 81 million pixels."""
    return encoded(Image.new("1", (9000, 9000), 1), "PNG")


def svg_badge() -> bytes:
    """Return a vector drawing with a size of its own."""
    return (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300">'
        b'<rect width="400" height="300" fill="#bfe3f5"/><circle cx="200" cy="150" r="90" '
        b'fill="#f7d154" stroke="#22252b" stroke-width="8"/></svg>'
    )


def svg_chart() -> bytes:
    """Return a vector drawing that has a view box only, gradients and text."""
    bars = "".join(
        f'<rect x="{20 + 40 * n}" y="{180 - 15 * n}" width="30" height="{15 * n}" fill="url(#g)"/>'
        for n in range(1, 9)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 200"><defs>'
        '<linearGradient id="g"><stop stop-color="#8cc26b"/><stop offset="1" stop-color="#225"/>'
        f'</linearGradient></defs>{bars}<text x="20" y="20">Änderung, 変化</text></svg>'
    ).encode()
