"""Drawings computed from photographs, which the default model does take for drawings.

It takes flat drawings in clip-art style, such as those of `scenes`, for neutral pictures: its
training set for the label `drawing` was shaded artwork.
"""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

SMOOTHING_RADIUS_PX = 60  # of the edge-preserving filter below, OpenCV's default
PENCIL_EDGES = 0.07
PENCIL_SHADE = 0.04
BRUSH_EDGES = 0.45


def pencil(photograph: Image.Image) -> Image.Image:
    """Return a grey pencil drawing (Gastal and Oliveira 2011, doi:10.1145/2010324.1964964)."""
    grey, _ = cv2.pencilSketch(
        _bgr(photograph),
        sigma_s=SMOOTHING_RADIUS_PX,
        sigma_r=PENCIL_EDGES,
        shade_factor=PENCIL_SHADE,
    )
    return Image.fromarray(grey)


def watercolour(photograph: Image.Image) -> Image.Image:
    """Return flat washes of colour inside dark edges, by the same filter."""
    painted = cv2.stylization(_bgr(photograph), sigma_s=SMOOTHING_RADIUS_PX, sigma_r=BRUSH_EDGES)
    return Image.fromarray(cv2.cvtColor(painted, cv2.COLOR_BGR2RGB))


def _bgr(photograph: Image.Image) -> NDArray[np.uint8]:
    return cv2.cvtColor(np.asarray(photograph.convert("RGB")), cv2.COLOR_RGB2BGR).astype(np.uint8)
