"""Noise of the sensor."""

from typing import Final

import numpy as np
from numpy.random import Generator

from model.robustness.corruptions.arrays import Pixels, as_floats, as_pixels

GAUSSIAN: Final = (0.08, 0.12, 0.18, 0.26, 0.38)
"""Standard deviation, where white is 1."""
PHOTONS: Final = (60, 25, 12, 5, 3)
"""Of a white pixel."""
IMPULSES: Final = (0.03, 0.06, 0.09, 0.17, 0.27)
"""Share of values that are black or white."""


def gaussian_noise(pixels: Pixels, severity: int, random: Generator) -> Pixels:
    """Add noise as a sensor has it in low light."""
    return as_pixels(
        as_floats(pixels) + random.normal(scale=GAUSSIAN[severity - 1], size=pixels.shape)
    )


def shot_noise(pixels: Pixels, severity: int, random: Generator) -> Pixels:
    """Count few photons."""
    photons = PHOTONS[severity - 1]
    return as_pixels(random.poisson(as_floats(pixels) * photons) / photons)


def impulse_noise(pixels: Pixels, severity: int, random: Generator) -> Pixels:
    """Set some values to black or white, as bit errors do."""
    hit = random.random(pixels.shape) < IMPULSES[severity - 1]
    extremes = 255 * (random.random(pixels.shape) < 1 / 2).astype(np.uint8)
    return np.where(hit, extremes, pixels)
