"""Blur of lens and movement."""

from typing import Final

import cv2
import numpy as np
from numpy.random import Generator

from model.robustness.corruptions.arrays import (
    Floats,
    Pixels,
    as_floats,
    as_pixels,
    scale_of,
    smeared,
    smoothed,
    zoomed,
)

DEFOCUS: Final = ((3, 0.1), (4, 0.5), (6, 0.5), (8, 0.5), (10, 0.5))
"""Radius of the disc and blur of its edge, pixels."""
GLASS: Final = ((0.7, 1, 2), (0.9, 2, 1), (1, 2, 3), (1.1, 3, 2), (1.5, 4, 2))
"""Blur, largest displacement, both in pixels, and rounds."""
MOTION: Final = ((10, 3), (15, 5), (15, 8), (15, 12), (20, 15))
"""Radius and blur, pixels."""
ZOOM: Final = ((1.11, 0.01), (1.16, 0.01), (1.21, 0.02), (1.26, 0.02), (1.31, 0.03))
"""Largest zoom, not included, and step."""
TILT: Final = 45
"""Largest angle of a movement to the horizontal, degrees."""


def defocus_blur(pixels: Pixels, severity: int, random: Generator) -> Pixels:  # noqa: ARG001
    """Put the picture out of focus."""
    radius, edge = DEFOCUS[severity - 1]
    kernel = _disc(max(1.0, radius * scale_of(pixels)), edge)
    return as_pixels(np.asarray(cv2.filter2D(as_floats(pixels), -1, kernel), np.float32))


def glass_blur(pixels: Pixels, severity: int, random: Generator) -> Pixels:
    """Look through frosted glass.

    Each pixel takes the colour of one nearby; the original swaps pixels one after the other.
    """
    sigma, reach, rounds = GLASS[severity - 1]
    sigma, reach = sigma * scale_of(pixels), max(1, round(reach * scale_of(pixels)))
    values = smoothed(as_floats(pixels), sigma)
    height, width = values.shape[:2]
    rows, columns = np.indices((height, width))
    for _ in range(rounds):
        moved = random.integers(-reach, reach, (2, height, width), endpoint=True)
        values = values[
            np.clip(rows + moved[0], 0, height - 1), np.clip(columns + moved[1], 0, width - 1)
        ]
    return as_pixels(smoothed(values, sigma))


def motion_blur(pixels: Pixels, severity: int, random: Generator) -> Pixels:
    """Move the camera."""
    radius, sigma = (length * scale_of(pixels) for length in MOTION[severity - 1])
    return as_pixels(smeared(as_floats(pixels), radius, sigma, random.uniform(-TILT, TILT)))


def zoom_blur(pixels: Pixels, severity: int, random: Generator) -> Pixels:  # noqa: ARG001
    """Move the camera towards its object."""
    values = as_floats(pixels)
    factors = np.arange(1, *ZOOM[severity - 1])
    return as_pixels(np.mean([values, *(zoomed(values, factor) for factor in factors)], axis=0))


def _disc(radius: float, edge: float) -> Floats:
    reach = int(np.ceil(radius)) + 1
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = (rows**2 + columns**2 <= radius**2).astype(np.float32)
    soft = np.asarray(cv2.GaussianBlur(disc / disc.sum(), (3, 3), edge), np.float32)
    return np.asarray(soft / soft.sum(), np.float32)
