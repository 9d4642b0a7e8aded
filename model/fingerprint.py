"""A perceptual hash: near-duplicates of a picture differ in few of its 64 bits.

The pHash of ImageHash (https://github.com/JohannesBuchner/imagehash), after N. Krawetz, "Looks Like
It" (https://www.hackerfactor.com/blog/index.php?/archives/432-Looks-Like-It.html), written out in
numpy: the package would bring SciPy and PyWavelets into a process that has 512 MiB for all. A test
compares the two.
"""

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

EDGE: Final = 32  # pixels of the picture that is transformed
KEPT: Final = 8  # low frequencies kept along each axis
DIGITS: Final = KEPT * KEPT // 4
FINGERPRINT: Final = re.compile(rf"[0-9a-f]{{{DIGITS}}}")
# Shrunk by whole steps first, as long as it stays five times as large as needed: a third of the
# time, and at most two bits are not ImageHash's
# (https://pillow.readthedocs.io/en/stable/reference/Image.html#PIL.Image.Image.resize).
REDUCING_GAP: Final = 5.0
FLAT: Final = 2.0  # grey levels of spread below which there is no picture to speak of


def _cosines() -> NDArray[np.float64]:
    """Return the first `KEPT` rows of the type-II discrete cosine transform, (KEPT, EDGE)."""
    frequency = np.arange(KEPT)[:, None]
    place = np.arange(EDGE)[None, :]
    return 2.0 * np.cos(np.pi * frequency * (2 * place + 1) / (2 * EDGE))


_COSINES: Final = _cosines()


def fingerprint(pixels: NDArray[np.uint8]) -> str:
    """Return 16 hex digits for a picture, uint8 RGB (H, W, 3); empty for one that is all flat.

    A flat picture's bits are noise, and would make all of them alike.
    """
    grey = Image.fromarray(pixels).convert("L")
    small = grey.resize((EDGE, EDGE), Image.Resampling.LANCZOS, reducing_gap=REDUCING_GAP)
    levels = np.asarray(small, dtype=np.float64)
    if levels.std() < FLAT:
        return ""
    low = _COSINES @ levels @ _COSINES.T
    bits = (low > np.median(low)).ravel()
    return f"{int(''.join('01'[bit] for bit in bits.astype(int)), 2):0{DIGITS}x}"


def distance(one: str, other: str) -> int:
    """Return in how many of 64 bits two fingerprints differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
