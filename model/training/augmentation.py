"""Pictures varied as photographs vary: cut, mirrored, lit. Drawn from the picture's own numbers."""

from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

SMALLEST_SIDE: Final = 0.75  # of either side
LIGHT: Final = (0.8, 1.2)

Pixels = NDArray[np.uint8]


def varied(pixels: Pixels, seed: int, epoch: int, sha1: str) -> Pixels:
    """Return a variant of uint8 RGB (H, W, 3), the same for the same seed, epoch and picture.

    It does not depend on what was drawn before, so that a run can go on anywhere.
    """
    random = np.random.default_rng([seed, epoch, int(sha1[:16], 16)])
    piece = _cut(pixels, random)
    mirrored = piece[:, ::-1] if random.random() < 1 / 2 else piece
    lit = mirrored * random.uniform(*LIGHT)
    variant: Pixels = np.clip(lit, 0, 255).astype(np.uint8)
    return variant


def _cut(pixels: Pixels, random: Generator) -> Pixels:
    height, width = (
        max(1, round(side * random.uniform(SMALLEST_SIDE, 1))) for side in pixels.shape[:2]
    )
    top = int(random.integers(0, pixels.shape[0] - height + 1))
    left = int(random.integers(0, pixels.shape[1] - width + 1))
    return pixels[top : top + height, left : left + width]
