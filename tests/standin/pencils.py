"""Pencil drawings made of photographs, which the default model does take for drawings."""

from typing import Final

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageFilter, ImageOps

from standin.photographs import crops

RADIUS: Final = 6  # pixels of blur: how broad the strokes are
FRAME: Final = 20  # pixels


def plain(random: Generator, edge: int) -> Image.Image:
    """Draw a piece of a photograph with a pencil."""
    return _dodged(ImageOps.grayscale(crops(random, edge))).convert("RGB")


def framed(random: Generator, edge: int) -> Image.Image:
    """Draw one, and put a black frame around it."""
    return ImageOps.expand(plain(random, edge - 2 * FRAME), FRAME, fill=(0, 0, 0))


def _dodged(image: Image.Image) -> Image.Image:
    """Divide a picture by its blurred self, as a print is dodged: flat parts turn white."""
    blurred = ImageOps.invert(image).filter(ImageFilter.GaussianBlur(RADIUS))
    ground = np.maximum(255.0 - np.asarray(blurred), 1.0)
    return Image.fromarray(np.clip(np.asarray(image) * 255.0 / ground, 0, 255).astype(np.uint8))
