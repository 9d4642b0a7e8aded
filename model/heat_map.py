"""Draws which places of a picture spoke for a label."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LONGEST_EDGE = 160
"""Pixels; enough to see where, too little to be a copy worth having."""
_STRENGTH = 0.7
_TINT = np.array([255, 64, 0], dtype=np.float32)


def heat_map(picture: NDArray[np.uint8], shares: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Lay the places that spoke for a label in orange over a small grey copy of the picture.

    Args:
        picture: uint8 RGB (H, W, 3).
        shares: From `Classifier.explain`, float32 (h, w); what speaks against is left out.

    Returns:
        uint8 RGB with the picture's proportions, its longer edge `LONGEST_EDGE` pixels.
    """
    height, width = picture.shape[:2]
    scale = LONGEST_EDGE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    grey = np.asarray(Image.fromarray(picture).convert("L").resize(size), dtype=np.float32)
    heat = Image.fromarray(_normalised(shares)).resize(size, Image.Resampling.BILINEAR)
    weight = _STRENGTH * np.asarray(heat)[..., None]
    return ((1 - weight) * grey[..., None] + weight * _TINT).astype(np.uint8)


def _normalised(shares: NDArray[np.float32]) -> NDArray[np.float32]:
    positive = np.maximum(shares, 0)
    peak = positive.max()
    return positive / peak if peak > 0 else positive
