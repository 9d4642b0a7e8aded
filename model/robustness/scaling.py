"""The image-scaling attack: another picture appears when a large one is made small.

Xiao et al., "Seeing is Not Believing: Camouflage Attacks on Image Scaling Algorithms", USENIX
Security 2019; Quiring et al., "Adversarial Preprocessing", USENIX Security 2020, who show that a
resize that looks at every pixel, as one with antialiasing, is safe.
"""

from typing import Final

import cv2
import numpy as np

from model.robustness.corruptions.arrays import Pixels

FACTOR: Final = 9
"""How much larger the cover is than the input: one pixel in 81 is the attacker's."""


def covered(hidden: Pixels, cover: Pixels) -> Pixels:
    """Return a large picture that looks like `cover`, and like `hidden` to a careless resize.

    Args:
        hidden: (H, W, 3).
        cover: Of the same shape.
    """
    large = enlarged(cover)
    large[FACTOR // 2 :: FACTOR, FACTOR // 2 :: FACTOR] = hidden
    return large


def enlarged(cover: Pixels) -> Pixels:
    """Return the cover alone at the same size."""
    height, width = cover.shape[:2]
    return np.array(
        cv2.resize(cover, (width * FACTOR, height * FACTOR), interpolation=cv2.INTER_CUBIC),
        np.uint8,
    )


def carelessly_reduced(large: Pixels) -> Pixels:
    """Return what a resize to nearest pixels sees, or a bilinear one without antialiasing.

    At this factor both look at the very pixels that the attacker set.
    """
    height, width = (side // FACTOR for side in large.shape[:2])
    return np.asarray(cv2.resize(large, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
