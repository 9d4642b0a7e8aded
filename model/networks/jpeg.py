"""A JPEG round trip as tensor arithmetic, equal to libjpeg's bit for bit.

Baseline JPEG at quality 75 with chroma at half resolution: what Pillow's `save` does unless
told otherwise. Sources: ITU-T T.81 annexes A and K; libjpeg-turbo's jccolor.c, jcsample.c,
jfdctint.c, jcdctmgr.c and their counterparts for decoding.
"""

import torch
from torch import Tensor
from torch.nn import functional

BLOCK = 8
FIXED_POINT = 65536
LEVEL_SHIFT = 128

# T.81 tables K.1 and K.2, which quality 75 halves.
_LUMINANCE = torch.tensor(
    [
        (16, 11, 10, 16, 24, 40, 51, 61),
        (12, 12, 14, 19, 26, 58, 60, 55),
        (14, 13, 16, 24, 40, 57, 69, 56),
        (14, 17, 22, 29, 51, 87, 80, 62),
        (18, 22, 37, 56, 68, 109, 103, 77),
        (24, 35, 55, 64, 81, 104, 113, 92),
        (49, 64, 78, 87, 103, 121, 120, 101),
        (72, 92, 95, 98, 112, 100, 103, 99),
    ]
)
_CHROMINANCE = torch.tensor(
    [
        (17, 18, 24, 47, 99, 99, 99, 99),
        (18, 21, 26, 66, 99, 99, 99, 99),
        (24, 26, 56, 99, 99, 99, 99, 99),
        (47, 66, 99, 99, 99, 99, 99, 99),
        *[(99,) * BLOCK] * 4,
    ]
)

# The discrete cosine transform of jfdctint.c, its factors multiplied out: 13-bit fixed point,
# one row per frequency. jidctint.c is the transpose. float64 holds every sum exactly.
_WAVES = torch.tensor(
    [
        (8192, 8192, 8192, 8192, 8192, 8192, 8192, 8192),
        (11363, 9633, 6437, 2260, -2260, -6437, -9633, -11363),
        (10703, 4433, -4433, -10703, -10703, -4433, 4433, 10703),
        (9633, -2259, -11362, -6436, 6436, 11362, 2259, -9633),
        (8192, -8192, -8192, 8192, 8192, -8192, -8192, 8192),
        (6437, -11362, 2261, 9633, -9633, -2261, 11362, -6437),
        (4433, -10704, 10704, -4433, -4433, 10704, -10704, 4433),
        (2260, -6436, 9633, -11363, 11363, -9633, 6436, -2260),
    ],
    dtype=torch.float64,
)


def jpeg_round_trip(pixels: Tensor) -> Tensor:
    """Return what JPEG leaves of uint8 RGB (N, 3, H, W), as float32 whole numbers in 0..255.

    H and W must be multiples of 16.
    """
    red, green, blue = pixels.to(torch.float32).unbind(1)
    # The fixed-point sums of these two transforms stay below 2**24, so float32 is exact.
    luminance = _fixed(19595 * red + 38470 * green + 7471 * blue + 32768)
    to_blue = _fixed(-11059 * red - 21709 * green + 32768 * blue + 8421375)
    to_red = _fixed(32768 * red - 27439 * green - 5329 * blue + 8421375)
    luminance = _coded(luminance, _LUMINANCE)
    to_blue = _doubled(_coded(_halved(to_blue), _CHROMINANCE)) - LEVEL_SHIFT
    to_red = _doubled(_coded(_halved(to_red), _CHROMINANCE)) - LEVEL_SHIFT
    red = luminance + _fixed(91881 * to_red + 32768)
    green = luminance + _fixed(-22554 * to_blue - 46802 * to_red + 32768)
    blue = luminance + _fixed(116130 * to_blue + 32768)
    return torch.stack([red, green, blue], dim=1).clamp(0.0, 255.0)


def _fixed(scaled: Tensor) -> Tensor:
    return torch.floor(scaled / FIXED_POINT)


def _coded(plane: Tensor, table: Tensor) -> Tensor:
    """Transform, quantise and transform back each 8 x 8 block of (N, H, W)."""
    steps = BLOCK * torch.floor((table + 1) / 2)
    height, width = plane.shape[-2:]
    tiles = plane.reshape(-1, height // BLOCK, BLOCK, width // BLOCK, BLOCK)
    blocks = tiles.transpose(2, 3).to(torch.float64) - LEVEL_SHIFT
    coefficients = _shifted(_WAVES @ _shifted(blocks @ _WAVES.T, 11), 15)
    magnitudes = torch.floor((coefficients.abs() + steps // 2) / steps)
    dequantised = magnitudes * coefficients.sign() * (steps / BLOCK)
    samples = _shifted(_shifted(_WAVES.T @ dequantised, 11) @ _WAVES, 18) + LEVEL_SHIFT
    return samples.clamp(0.0, 255.0).transpose(2, 3).reshape(-1, height, width).to(torch.float32)


def _shifted(scaled: Tensor, bits: int) -> Tensor:
    return torch.floor((scaled + 2 ** (bits - 1)) / 2**bits)


def _halved(plane: Tensor) -> Tensor:
    """Average 2 x 2 samples of (N, H, W), rounding down and up by turns along a row."""
    height, width = plane.shape[-2:]
    sums = plane.reshape(-1, height // 2, 2, width // 2, 2).sum(dim=(2, 4))
    return torch.floor((sums + 1 + torch.arange(sums.shape[-1]) % 2) / 4)


def _doubled(plane: Tensor) -> Tensor:
    """Double (N, H, W) each way: three parts of the nearer sample, one of the next."""
    height, width = plane.shape[-2:]
    padded = functional.pad(plane[:, None], (1, 1, 1, 1), mode="replicate")[:, 0]
    rows = torch.stack([padded[:, :-2], padded[:, 2:]], dim=2) + 3 * padded[:, 1:-1, None]
    rows = rows.reshape(-1, 2 * height, width + 2)
    before, after = rows[..., :-2] + 8, rows[..., 2:] + 7
    columns = torch.stack([before, after], dim=3) + 3 * rows[..., 1:-1, None]
    return torch.floor(columns.reshape(-1, 2 * height, 2 * width) / 16)
