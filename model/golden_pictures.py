"""Benign pictures of any square size, the same on every machine.

Integer arithmetic draws them or enlarges stored photographs without interpolation, so that a
reference runtime can be given exactly these pixels, and no decoder enters. The photographs are
scikit-image's `astronaut` (NASA, public domain), `chelsea` and `coffee` (CC0), at 112 pixels.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""uint8 RGB, shape (H, W, 3)."""

GOLDEN = Path(__file__).with_name("golden")


def golden_pictures(size: int) -> dict[str, Pixels]:
    """Return the named pictures, each of shape (size, size, 3)."""
    with np.load(GOLDEN / "photographs.npz") as stored:
        photographs = {name: _enlarged(stored[name], size) for name in stored}
    rows, columns = np.indices((size, size))
    return photographs | {name: draw(rows, columns, size) for name, draw in _DRAWINGS.items()}


def fingerprint(pixels: Pixels) -> str:
    """Return the hexadecimal sha256 of the pixels in row order."""
    return hashlib.sha256(pixels.tobytes()).hexdigest()


def _enlarged(pixels: Pixels, size: int) -> Pixels:
    rows = np.arange(size) * pixels.shape[0] // size
    columns = np.arange(size) * pixels.shape[1] // size
    return pixels[np.ix_(rows, columns)]


def _rgb(red: NDArray[np.int_], green: NDArray[np.int_], blue: NDArray[np.int_]) -> Pixels:
    return np.stack([red, green, blue], axis=-1).astype(np.uint8)


def _gradient(rows: NDArray[np.int_], columns: NDArray[np.int_], size: int) -> Pixels:
    return _rgb(rows * 255 // size, columns * 255 // size, (rows + columns) * 127 // size)


def _checks(rows: NDArray[np.int_], columns: NDArray[np.int_], size: int) -> Pixels:
    square = (rows * 8 // size + columns * 8 // size) % 2
    return _rgb(square * 255, square * 200, 255 - square * 255)


def _rings(rows: NDArray[np.int_], columns: NDArray[np.int_], size: int) -> Pixels:
    squared_radius = (rows - size // 2) ** 2 + (columns - size // 2) ** 2
    ring = squared_radius * 24 // size**2
    return _rgb(ring * 97 % 256, ring * 59 % 256, ring * 31 % 256)


def _noise(rows: NDArray[np.int_], columns: NDArray[np.int_], size: int) -> Pixels:
    """Park and Miller's generator (CACM 31(10), 1988), one step from each pixel's index."""
    state = (rows * size + columns + 1) * 48271 % 2147483647
    return _rgb(state >> 3 & 255, state >> 9 & 255, state >> 15 & 255)


_DRAWINGS: dict[str, Callable[[NDArray[np.int_], NDArray[np.int_], int], Pixels]] = {
    "gradient": _gradient,
    "checks": _checks,
    "rings": _rings,
    "noise": _noise,
}
