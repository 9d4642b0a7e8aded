"""Drawings: flat shapes and lines, and scikit-learn's handwritten digits enlarged."""

from typing import Final

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw
from sklearn.datasets import load_digits

DIGITS: Final = load_digits().images
Colour = tuple[int, int, int]


def shapes(random: Generator, edge: int) -> Image.Image:
    """Draw a few flat shapes and lines on a plain ground."""
    image = Image.new("RGB", (edge, edge), _colour(random))
    draw = ImageDraw.Draw(image)
    for _ in range(random.integers(3, 9)):
        kind = random.choice(["ellipse", "polygon", "line"])
        if kind == "ellipse":
            corner, size = random.integers(0, edge, 2), random.integers(edge // 8, edge // 2, 2)
            draw.ellipse([*map(int, corner), *map(int, corner + size)], fill=_colour(random))
        else:
            points = [tuple(map(int, point)) for point in random.integers(0, edge, (4, 2))]
            if kind == "polygon":
                draw.polygon(points, fill=_colour(random))
            else:
                draw.line(points, fill=_colour(random), width=int(random.integers(1, 9)))
    return image


def digits(random: Generator, edge: int) -> Image.Image:
    """Lay out some handwritten digits in two colours."""
    rows, columns = random.integers(1, 4, 2)
    chosen = DIGITS[random.integers(0, len(DIGITS), (rows, columns))]
    sheet = np.concatenate(np.concatenate(chosen, axis=1), axis=1)
    ink = (sheet / 16)[:, :, None]
    paper, pen = np.array(_colour(random)), np.array(_colour(random))
    pixels = (paper * (1 - ink) + pen * ink).astype(np.uint8)
    return Image.fromarray(pixels).resize((edge, edge), Image.Resampling.NEAREST)


def _colour(random: Generator) -> Colour:
    red, green, blue = (int(value) for value in random.integers(0, 256, 3))
    return red, green, blue
