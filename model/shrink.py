"""Making a decoded picture small, in bands, so that only the decoder itself holds all of it."""

from collections.abc import Iterator
from typing import Final

from PIL import Image

from model.colour import eight_bit, sample_range

BAND_PIXELS: Final = 4_000_000
# What is handed on keeps this many times the pixels asked for along the short edge, so that the
# model's own antialiased resize still decides. Largest shift of any score over 15 photographs of
# 1,000 to 3,600 pixels: 0.13 at 1, 0.06 at 2, 0.026 at 3, 0.022 at 4, and no less above.
OVERSAMPLING: Final = 4
# A panorama is also shrunk along its long edge alone once that is this many times the target.
LONGEST_IN_TARGETS: Final = 8


def factors(width: int, height: int, target: int | None) -> tuple[int, int]:
    """Return the whole numbers by which width and height may be divided for `target` pixels."""
    if target is None:
        return 1, 1
    common = max(1, min(width, height) // (OVERSAMPLING * target))
    longest = LONGEST_IN_TARGETS * target
    return max(common, width // longest), max(common, height // longest)


def shrunk(image: Image.Image, by: tuple[int, int]) -> Image.Image:
    """Return loaded `image` as 8 bits a sample (see `eight_bit`), box-averaged down by `by`."""
    black, white = sample_range(image, _bands(image))
    width, height = image.size
    parts = [
        _reduced(eight_bit(band, black=black, white=white), by)
        for band in _bands(image, multiple_of=by[1])
    ]
    if len(parts) == 1:
        return parts[0]
    whole = Image.new(parts[0].mode, (-(-width // by[0]), -(-height // by[1])))
    top = 0
    for part in parts:
        whole.paste(part, (0, top))
        top += part.height
    return whole


def _reduced(image: Image.Image, by: tuple[int, int]) -> Image.Image:
    return image if by == (1, 1) else image.reduce(by)  # which would copy it


def _bands(image: Image.Image, *, multiple_of: int = 1) -> Iterator[Image.Image]:
    width, height = image.size
    rows = max(1, BAND_PIXELS // width // multiple_of) * multiple_of
    if rows >= height:
        yield image
        return
    for top in range(0, height, rows):
        yield image.crop((0, top, width, min(top + rows, height)))
