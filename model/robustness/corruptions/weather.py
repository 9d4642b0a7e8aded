"""Weather, and light."""

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
    zoomed,
)

SNOW: Final = (
    (0.1, 0.3, 3, 0.5, 10, 4, 0.8),
    (0.2, 0.3, 2, 0.5, 12, 4, 0.7),
    (0.55, 0.3, 4, 0.9, 12, 8, 0.7),
    (0.55, 0.3, 4.5, 0.85, 12, 8, 0.65),
    (0.55, 0.3, 2.5, 0.85, 12, 12, 0.55),
)
"""Mean and spread of the flakes' light, their size, what is seen of them, radius and blur of their
fall in pixels, and what is left of the picture's own colour."""
FROST: Final = ((1, 0.4), (0.8, 0.6), (0.7, 0.7), (0.65, 0.7), (0.6, 0.75))
"""Weights of picture and frost."""
ICE: Final = (0.88, 0.95, 1.0)
"""Colour of frost."""
CRYSTALS: Final = 1.25
"""Decay of frost's roughness from one scale to the next."""
FOG: Final = ((1.5, 2), (2, 2), (2.5, 1.7), (2.5, 1.5), (3, 1.4))
"""Thickness, and decay of its roughness from one scale to the next."""
BRIGHTER: Final = (0.1, 0.2, 0.3, 0.4, 0.5)
"""Added to the value of hue, saturation and value."""


def snow(pixels: Pixels, severity: int, random: Generator) -> Pixels:
    """Let snow fall, and bleach what lies behind it."""
    mean, spread, size, seen, radius, sigma, own = SNOW[severity - 1]
    unit = scale_of(pixels)
    flakes = zoomed(random.normal(mean, spread, pixels.shape[:2]).astype(np.float32), size)
    flakes = np.clip(np.where(flakes < seen, 0, flakes), 0, 1).astype(np.float32)
    falling = smeared(flakes, radius * unit, sigma * unit, random.uniform(45, 135))[..., None]
    values = as_floats(pixels)
    grey = np.asarray(cv2.cvtColor(values, cv2.COLOR_RGB2GRAY))[..., None]
    bleached = own * values + (1 - own) * np.maximum(values, grey * 1.5 + 0.5)
    return as_pixels(bleached + falling + np.rot90(falling, 2))


def frost(pixels: Pixels, severity: int, random: Generator) -> Pixels:
    """Cover the picture with ice.

    The original lays photographs of frost over it. Here ridges of a random height map stand for
    them, so that no photograph has to come along.
    """
    own, ice = FROST[severity - 1]
    ridges = 1 - np.abs(2 * _heights(pixels, CRYSTALS, random) - 1)
    texture = (0.3 + 0.7 * ridges**4)[..., None] * np.array(ICE)
    return as_pixels(own * as_floats(pixels) + ice * texture)


def fog(pixels: Pixels, severity: int, random: Generator) -> Pixels:
    """Lay fog over the picture."""
    thickness, decay = FOG[severity - 1]
    values = as_floats(pixels)
    brightest = float(values.max())
    misty = values + thickness * _heights(pixels, decay, random)[..., None]
    return as_pixels(misty * brightest / (brightest + thickness))


def brightness(pixels: Pixels, severity: int, random: Generator) -> Pixels:  # noqa: ARG001
    """Expose the picture for longer."""
    tones = np.asarray(cv2.cvtColor(as_floats(pixels), cv2.COLOR_RGB2HSV))
    tones[..., 2] = np.clip(tones[..., 2] + BRIGHTER[severity - 1], 0, 1)
    return as_pixels(np.asarray(cv2.cvtColor(tones, cv2.COLOR_HSV2RGB)))


def _heights(pixels: Pixels, decay: float, random: Generator) -> Floats:
    height, width = pixels.shape[:2]
    side = 1 << (max(height, width) - 1).bit_length()
    return plasma(side, decay, random)[:height, :width]


def plasma(side: int, decay: float, random: Generator) -> Floats:
    """Return a random height map in 0..1 by diamonds and squares (Fournier et al., CACM 1982).

    Args:
        side: Height and width, a power of two.
        decay: What roughness is divided by from one scale to the next.
        random: Source of the heights.
    """
    heights = np.zeros((side, side))
    step, rough = side, 100.0
    while step > 1:
        half = step // 2
        corners = heights[::step, ::step]
        beside, below = np.roll(corners, -1, 1), np.roll(corners, -1, 0)
        reach = rough**2
        centres = (corners + beside + below + np.roll(below, -1, 1)) / 4
        centres += random.uniform(-reach, reach, centres.shape)
        upper = (corners + beside + centres + np.roll(centres, 1, 0)) / 4
        left = (corners + below + centres + np.roll(centres, 1, 1)) / 4
        heights[half::step, half::step] = centres
        heights[::step, half::step] = upper + random.uniform(-reach, reach, upper.shape)
        heights[half::step, ::step] = left + random.uniform(-reach, reach, left.shape)
        step, rough = half, rough / decay
    heights -= heights.min()
    return np.asarray(heights / heights.max(), np.float32)
