"""What people do to pictures so that programs do not recognise them, or for looks."""

from collections.abc import Callable, Mapping
from typing import Final

import cv2
import numpy as np
from PIL import Image, ImageDraw

from model.robustness.corruptions.arrays import Pixels, as_floats, as_pixels, smoothed
from model.robustness.corruptions.digital import jpeg

TILES: Final = 12
"""Of a mosaic, along an edge."""
REGION: Final = 0.5
"""Share of either side that a region in the middle takes up."""
BLUR: Final = 1 / 24
BORDER: Final = 1 / 6
BAR: Final = 1 / 8
"""Shares of the edge."""

Obfuscation = Callable[[Pixels], Pixels]


def mosaic(pixels: Pixels) -> Pixels:
    """Reduce the picture to some tiles along each edge."""
    height, width = pixels.shape[:2]
    small = cv2.resize(pixels, (TILES, TILES), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)


def blurred(pixels: Pixels) -> Pixels:
    """Blur the whole picture."""
    return as_pixels(smoothed(as_floats(pixels), BLUR * min(pixels.shape[:2])))


def barred(pixels: Pixels) -> Pixels:
    """Draw black bars across it, as over eyes."""
    changed, thickness = pixels.copy(), round(BAR * len(pixels))
    for share in (1 / 3, 2 / 3):
        middle = round(share * len(pixels))
        changed[middle - thickness // 2 : middle + thickness // 2] = 0
    return changed


def stickered(pixels: Pixels) -> Pixels:
    """Put a yellow face on the middle."""
    image = Image.fromarray(pixels)
    draw = ImageDraw.Draw(image)
    side = min(image.size)
    left, top = (image.width - side / 2) / 2, (image.height - side / 2) / 2

    def box(x: float, y: float, width: float, height: float) -> tuple[float, float, float, float]:
        unit = side / 2
        corner = left + x * unit, top + y * unit
        return (*corner, corner[0] + width * unit, corner[1] + height * unit)

    draw.ellipse(box(0, 0, 1, 1), fill=(255, 204, 51))
    for x in (0.25, 0.6):
        draw.ellipse(box(x, 0.25, 0.15, 0.2), fill=(64, 48, 32))
    draw.arc(box(0.2, 0.3, 0.6, 0.5), 20, 160, fill=(64, 48, 32), width=max(1, side // 60))
    return np.asarray(image)


def captioned(pixels: Pixels) -> Pixels:
    """Repeat a half transparent word all over it, as a watermark."""
    layer = np.zeros_like(pixels)
    size = min(pixels.shape[:2]) / 224
    for top in range(int(30 * size), len(pixels), max(1, int(50 * size))):
        place = (int(10 * size), top)
        cv2.putText(layer, "SAMPLE  SAMPLE", place, cv2.FONT_HERSHEY_SIMPLEX, size, (255,) * 3, 2)
    return as_pixels(as_floats(pixels) * (1 - 0.5 * as_floats(layer)) + 0.5 * as_floats(layer))


def bordered(pixels: Pixels) -> Pixels:
    """Shrink it within a white border."""
    height, width = pixels.shape[:2]
    rows, columns = round(height * BORDER), round(width * BORDER)
    changed = np.full_like(pixels, 255)
    inner = cv2.resize(
        pixels, (width - 2 * columns, height - 2 * rows), interpolation=cv2.INTER_AREA
    )
    changed[rows : height - rows, columns : width - columns] = inner
    return changed


def turned(degrees: int) -> Obfuscation:
    """Return a rotation; what comes in from outside is the mirrored picture."""

    def rotate(pixels: Pixels) -> Pixels:
        height, width = pixels.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
        return np.asarray(
            cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101),
            np.uint8,
        )

    return rotate


def collage(pixels: Pixels) -> Pixels:
    """Show the picture four times."""
    small = np.asarray(
        cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8
    )
    height, width = pixels.shape[:2]
    tiled = np.tile(small, (2, 2, 1))
    margins = ((0, height - len(tiled)), (0, width - tiled.shape[1]), (0, 0))
    return np.pad(tiled, margins, mode="edge")


def grey(pixels: Pixels) -> Pixels:
    """Take the colours away."""
    plane = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.cvtColor(plane, cv2.COLOR_GRAY2RGB), np.uint8)


def _inside(change: Obfuscation) -> Obfuscation:
    """Return a change of the middle alone."""

    def changed(pixels: Pixels) -> Pixels:
        height, width = (round(side * (1 - REGION) / 2) for side in pixels.shape[:2])
        result = pixels.copy()
        middle = np.s_[height : len(pixels) - height, width : pixels.shape[1] - width]
        result[middle] = change(np.ascontiguousarray(pixels[middle]))
        return result

    return changed


OBFUSCATIONS: Final[Mapping[str, Obfuscation]] = {
    "mosaic": mosaic,
    "mosaic over the middle": _inside(mosaic),
    "blur": blurred,
    "blur over the middle": _inside(blurred),
    "black bars": barred,
    "sticker over the middle": stickered,
    "watermark": captioned,
    "white border": bordered,
    "rotated by 15 degrees": turned(15),
    "rotated by 90 degrees": lambda pixels: np.ascontiguousarray(np.rot90(pixels)),
    "upside down": lambda pixels: np.ascontiguousarray(pixels[::-1, ::-1]),
    "mirrored": lambda pixels: np.ascontiguousarray(pixels[:, ::-1]),
    "four times in one": collage,
    "grey": grey,
    "inverted colours": lambda pixels: 255 - pixels,
    "JPEG at quality 30": lambda pixels: jpeg(pixels, 30),
    "JPEG at quality 10": lambda pixels: jpeg(pixels, 10),
}
