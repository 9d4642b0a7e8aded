"""What the corruptions share."""

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

EDGE: Final = 224
"""Of the pictures that the published parameters are meant for, pixels."""

Pixels = NDArray[np.uint8]
"""uint8 RGB, shape (H, W, 3)."""
Floats = NDArray[np.float32]


def as_floats(pixels: Pixels) -> Floats:
    """Map 0..255 to 0..1."""
    return np.asarray(pixels / np.float32(255), np.float32)


def as_pixels(values: NDArray[np.floating[Any]]) -> Pixels:
    """Map 0..1, and what lies beyond, to 0..255."""
    return np.asarray(np.rint(np.clip(values, 0, 1) * 255), np.uint8)


def scale_of(pixels: Pixels) -> float:
    """Return how much larger the picture is than those the parameters are meant for."""
    return float(min(pixels.shape[:2]) / EDGE)


def smoothed(values: Floats, sigma: float) -> Floats:
    """Blur by a Gaussian; `sigma` in pixels."""
    return np.asarray(
        cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), np.float32
    )


def zoomed(values: Floats, factor: float) -> Floats:
    """Enlarge the middle of (H, W) or (H, W, 3) to the whole."""
    height, width = values.shape[:2]
    rows, columns = (int(np.ceil(side / factor)) for side in (height, width))
    top, left = (height - rows) // 2, (width - columns) // 2
    middle = np.ascontiguousarray(values[top : top + rows, left : left + columns])
    return np.asarray(cv2.resize(middle, (width, height)), np.float32)


def smeared(values: Floats, radius: float, sigma: float, degrees: float) -> Floats:
    """Blur along a direction, one-sided, with Gaussian weights, as ImageMagick's motion blur.

    Args:
        values: (H, W) or (H, W, 3).
        radius: Half the number of samples, pixels.
        sigma: Of the weights, pixels.
        degrees: Direction.
    """
    reach = max(1, round(2 * radius))
    steps = np.arange(reach + 1)
    weights = np.exp(-(steps**2) / (2 * sigma**2))
    angle = np.deg2rad(degrees)
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    rows = reach + np.rint(steps * np.sin(angle)).astype(int)
    columns = reach + np.rint(steps * np.cos(angle)).astype(int)
    np.add.at(kernel, (rows, columns), weights / weights.sum())
    return np.asarray(cv2.filter2D(values, -1, kernel, borderType=cv2.BORDER_REPLICATE), np.float32)
