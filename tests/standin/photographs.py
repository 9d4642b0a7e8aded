"""Photograph-like pictures: crops of scikit-image's photographs, and noise of nature's spectrum."""

from typing import Final

import numpy as np
import skimage.data
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageOps

PHOTOGRAPHS: Final = ("astronaut", "chelsea", "coffee", "rocket", "grass", "gravel", "brick")
SMALLEST_CROP: Final = 0.3


def crops(random: Generator, edge: int) -> Image.Image:
    """Cut a piece out of a photograph, mirrored and lit at random."""
    image = Image.fromarray(getattr(skimage.data, random.choice(PHOTOGRAPHS))()).convert("RGB")
    sides = [int(side * random.uniform(SMALLEST_CROP, 0.7)) for side in image.size]
    left, top = (
        int(random.integers(0, whole - side)) for whole, side in zip(image.size, sides, strict=True)
    )
    piece = image.crop((left, top, left + sides[0], top + sides[1])).resize((edge, edge))
    light = random.uniform(0.6, 1.3, 3)
    pixels = np.clip(np.asarray(piece) * light, 0, 255).astype(np.uint8)
    return Image.fromarray(pixels[:, :: random.choice([-1, 1])])


def textures(random: Generator, edge: int) -> Image.Image:
    """Draw noise whose amplitude falls with frequency, as that of natural scenes does.

    Field, "Relations between the statistics of natural images and the response properties of
    cortical cells", JOSA A 4(12), 1987.
    """
    slope = random.uniform(0.9, 1.6)
    shared = _noise(random, edge, slope)
    planes = [0.7 * shared + 0.3 * _noise(random, edge, slope) for _ in range(3)]
    ground = random.uniform(60, 190, 3)
    pixels = np.stack(planes, axis=-1) * random.uniform(25, 60) + ground
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def poster(random: Generator, edge: int) -> Image.Image:
    """Cut a piece out of a photograph, in a few tones only."""
    return ImageOps.posterize(crops(random, edge), int(random.integers(1, 4)))


def _noise(random: Generator, edge: int, slope: float) -> NDArray[np.float64]:
    frequencies = np.hypot(np.fft.fftfreq(edge)[:, None], np.fft.rfftfreq(edge)[None, :])
    frequencies[0, 0] = np.inf
    spectrum = np.fft.rfft2(random.normal(size=(edge, edge))) * frequencies**-slope
    plane: NDArray[np.float64] = np.fft.irfft2(spectrum, s=(edge, edge))
    plane -= plane.mean()
    plane /= plane.std()
    return plane
