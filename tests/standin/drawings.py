"""Drawings: flat shapes and lines, handwritten digits, and photographs redrawn in pencil."""

from typing import Final

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFilter, ImageOps
from sklearn.datasets import load_digits

from standin import photographs

DIGITS: Final = load_digits().images
Colour = tuple[int, int, int]
REDRAWN: Final = (0.5, 1.0)
FADED: Final = (0.0, 0.47)
"""Share of pencil in a picture that is called a drawing, and in one that is called a photograph."""


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


def crayon(random: Generator, edge: int) -> Image.Image:
    """Draw shapes with soft edges on grainy paper."""
    soft = shapes(random, edge).filter(ImageFilter.GaussianBlur(random.uniform(0.5, 2)))
    grain = random.normal(0, random.uniform(4, 14), (edge, edge, 1))
    return Image.fromarray(np.clip(np.asarray(soft) + grain, 0, 255).astype(np.uint8))


def pencil(random: Generator, edge: int) -> Image.Image:
    """Redraw a piece of a photograph, more or less."""
    return redrawn(photographs.crops(random, edge), random, random.uniform(*REDRAWN))


def faded(random: Generator, edge: int) -> Image.Image:
    """Redraw a piece of a photograph so little that it stays one."""
    return redrawn(photographs.crops(random, edge), random, random.uniform(*FADED))


def redrawn(photograph: Image.Image, random: Generator, share: float) -> Image.Image:
    """Mix a photograph with its pencil drawing, made by dodging with its blurred negative."""
    grey = ImageOps.grayscale(photograph)
    blurred = ImageOps.invert(grey).filter(ImageFilter.GaussianBlur(random.uniform(2, 6)))
    strokes = np.asarray(grey, float) / np.maximum(255 - np.asarray(blurred, float), 1) * 255
    lines = Image.fromarray(np.clip(strokes, 0, 255).astype(np.uint8)).convert("RGB")
    return Image.blend(photograph, lines, share)


def _colour(random: Generator) -> Colour:
    red, green, blue = (int(value) for value in random.integers(0, 256, 3))
    return red, green, blue
