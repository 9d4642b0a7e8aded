"""Small films: what is shown, and for how many seconds."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

import bot.demo

MEDIA = Path(bot.demo.__file__).parent / "media"
SIZE = (320, 240)  # what the wiki renders stills from, and a width of its own steps
DRAWING = MEDIA / "drawings/cat_in_pencil.jpg"
PHOTOGRAPH = MEDIA / "photographs/coffee.jpg"


def film(*scenes: tuple[Path, int], rate: int = 1, size: tuple[int, int] = SIZE) -> bytes:
    """Return a WebM (VP8) of still pictures, each shown for so many seconds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.webm"
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"VP80"), rate, size)
        for frame in _frames(scenes, rate, size):
            writer.write(frame)
        writer.release()
        return path.read_bytes()


def _frames(
    scenes: Sequence[tuple[Path, int]], rate: int, size: tuple[int, int]
) -> "list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]":
    frames = []
    for picture, seconds in scenes:
        with Image.open(picture) as image:
            pixels = np.asarray(image.convert("RGB").resize(size))
        frames += [cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR).astype(np.uint8)] * (seconds * rate)
    return frames
