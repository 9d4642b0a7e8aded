"""Harmless JPEGs as the wiki serves them: 500 px thumbnails, and a photograph off a camera."""

import io
from pathlib import Path

from PIL import Image

import bot.demo

PHOTOGRAPHS = Path(bot.demo.__file__).parent / "media" / "photographs"
THUMBNAIL_WIDTH = 500  # px: `media.thumbnail_width` in config.yaml
CAMERA_SIZE = (4000, 3000)  # px: 12 megapixels
QUALITY = 80
COMMENT = b"\xff\xfe"  # the JPEG marker COM; two bytes of length follow


def thumbnails() -> list[bytes]:
    """Return the demonstration's photographs as JPEGs, 500 px wide."""
    return [_jpeg(path, THUMBNAIL_WIDTH) for path in sorted(PHOTOGRAPHS.glob("*.jpg"))]


def camera_photograph() -> bytes:
    """Return a JPEG of 12 megapixels."""
    with Image.open(PHOTOGRAPHS / "coffee.jpg") as photograph:
        return _encoded(photograph.resize(CAMERA_SIZE, Image.Resampling.BICUBIC))


def distinct(jpeg: bytes, number: int) -> bytes:
    """Return the same picture in other bytes, so that it is no known content to the bot."""
    text = f"{number:08}".encode()
    segment = COMMENT + (2 + len(text)).to_bytes(2, "big") + text
    return jpeg[:2] + segment + jpeg[2:]


def _jpeg(path: Path, width: int) -> bytes:
    with Image.open(path) as photograph:
        height = round(photograph.height * width / photograph.width)
        return _encoded(photograph.convert("RGB").resize((width, height), Image.Resampling.LANCZOS))


def _encoded(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
