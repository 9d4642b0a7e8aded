"""What programs do to pictures."""

import io
from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from PIL import Image

from model.robustness.corruptions.arrays import (
    Floats,
    Pixels,
    as_floats,
    as_pixels,
    scale_of,
)

CONTRAST: Final = (0.4, 0.3, 0.2, 0.1, 0.05)
"""What is left of it."""
ELASTIC: Final = (
    (488, 170.8, 24.4),
    (488, 19.52, 48.8),
    (12.2, 2.44, 4.88),
    (17.08, 2.44, 4.88),
    (29.28, 2.44, 4.88),
)
"""Strength and smoothness of the displacement, and of the shear, pixels."""
PIXELS_LEFT: Final = (0.6, 0.5, 0.4, 0.3, 0.25)
"""Share of the edge."""
JPEG_QUALITY: Final = (25, 18, 15, 10, 7)


def contrast(pixels: Pixels, severity: int, random: Generator) -> Pixels:  # noqa: ARG001
    """Bring every value nearer to its channel's mean."""
    values = as_floats(pixels)
    means = values.mean(axis=(0, 1), keepdims=True)
    return as_pixels((values - means) * CONTRAST[severity - 1] + means)


def elastic_transform(pixels: Pixels, severity: int, random: Generator) -> Pixels:
    """Shear the picture and stretch small parts of it."""
    strength, smoothness, shear = (each * scale_of(pixels) for each in ELASTIC[severity - 1])
    sheared = _sheared(as_floats(pixels), shear, random)
    height, width = pixels.shape[:2]
    rows, columns = np.indices((height, width), dtype=np.float32)
    across, down = (
        strength * _smooth(random.uniform(-1, 1, (height, width)), smoothness) for _ in range(2)
    )
    stretched = cv2.remap(
        sheared, columns + across, rows + down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    return as_pixels(np.asarray(stretched, np.float32))


def pixelate(pixels: Pixels, severity: int, random: Generator) -> Pixels:  # noqa: ARG001
    """Make it small, then large again."""
    image = Image.fromarray(pixels)
    width, height = (max(1, int(side * PIXELS_LEFT[severity - 1])) for side in image.size)
    small = image.resize((width, height), Image.Resampling.BOX)
    return np.asarray(small.resize(image.size, Image.Resampling.BOX))


def jpeg_compression(pixels: Pixels, severity: int, random: Generator) -> Pixels:  # noqa: ARG001
    """Compress it to little."""
    return jpeg(pixels, JPEG_QUALITY[severity - 1])


def jpeg(pixels: Pixels, quality: int) -> Pixels:
    """Return what JPEG leaves of a picture."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB"))


def _smooth(values: np.typing.NDArray[np.float64], sigma: float) -> Floats:
    blurred = cv2.GaussianBlur(
        values.astype(np.float32), (0, 0), sigma, borderType=cv2.BORDER_REFLECT
    )
    return np.asarray(blurred, np.float32)


def _sheared(values: Floats, shear: float, random: Generator) -> Floats:
    height, width = values.shape[:2]
    centre, reach = np.array([width // 2, height // 2]), min(height, width) // 3
    corners = (centre + reach * np.array([[1, 1], [1, -1], [-1, -1]])).astype(np.float32)
    moved = corners + random.uniform(-shear, shear, corners.shape).astype(np.float32)
    matrix = cv2.getAffineTransform(corners, moved)
    return np.asarray(
        cv2.warpAffine(values, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101),
        np.float32,
    )
