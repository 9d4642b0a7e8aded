"""Every corruption by name."""

from collections.abc import Callable, Mapping
from typing import Final

from numpy.random import Generator

from model.robustness.corruptions import blur, digital, noise, weather
from model.robustness.corruptions.arrays import Pixels

Corruption = Callable[[Pixels, int, Generator], Pixels]
"""Maps uint8 RGB (H, W, 3), a severity of 1..5 and a source of chance to uint8 of that shape."""

SEVERITIES: Final = (1, 2, 3, 4, 5)

CORRUPTIONS: Final[Mapping[str, Corruption]] = {
    "Gaussian noise": noise.gaussian_noise,
    "shot noise": noise.shot_noise,
    "impulse noise": noise.impulse_noise,
    "defocus blur": blur.defocus_blur,
    "glass blur": blur.glass_blur,
    "motion blur": blur.motion_blur,
    "zoom blur": blur.zoom_blur,
    "snow": weather.snow,
    "frost": weather.frost,
    "fog": weather.fog,
    "brightness": weather.brightness,
    "contrast": digital.contrast,
    "elastic transform": digital.elastic_transform,
    "pixelate": digital.pixelate,
    "JPEG compression": digital.jpeg_compression,
}
"""In the order of the paper's tables."""
