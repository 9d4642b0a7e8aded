"""InceptionV3 with its batch normalisation already folded into the convolutions.

Source: Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016,
in the form and order of Keras' applications/inception_v3.py: the n-th convolution here is
`conv2d_n` there.
"""

import torch
from torch import Tensor, nn

FEATURES = 2048

Kernel = int | tuple[int, int]


class Branches(nn.Module):
    """Runs its branches on one input and joins their channels."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, inputs: Tensor) -> Tensor:
        """Map (N, inputs, H, W) to (N, sum of outputs, h, w)."""
        return torch.cat([branch(inputs) for branch in self.branches], dim=1)


def inception_v3() -> nn.Sequential:
    """Return the features: (N, 3, 299, 299) to (N, 2048, 8, 8)."""
    return nn.Sequential(
        *_conv(3, 32, 3, stride=2, same=False),
        *_conv(32, 32, 3, same=False),
        *_conv(32, 64, 3),
        nn.MaxPool2d(3, 2),
        *_conv(64, 80, 1),
        *_conv(80, 192, 3, same=False),
        nn.MaxPool2d(3, 2),
        _block_35(192, pooled=32),
        _block_35(256, pooled=64),
        _block_35(288, pooled=64),
        _reduction_17(288),
        *(_block_17(768, inner) for inner in (128, 160, 160, 192)),
        _reduction_8(768),
        _block_8(1280),
        _block_8(FEATURES),
    )


def _conv(
    inputs: int, outputs: int, kernel: Kernel, *, stride: int = 1, same: bool = True
) -> tuple[nn.Module, nn.Module]:
    padding = "same" if same else "valid"
    return nn.Conv2d(inputs, outputs, kernel, stride, padding), nn.ReLU()


def _chain(inputs: int, *layers: tuple[int, Kernel]) -> nn.Sequential:
    modules: list[nn.Module] = []
    for outputs, kernel in layers:
        modules += _conv(inputs, outputs, kernel)
        inputs = outputs
    return nn.Sequential(*modules)


def _pooled(inputs: int, outputs: int) -> nn.Sequential:
    # TensorFlow's average leaves padding out of the count.
    pool = nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)
    return nn.Sequential(pool, *_conv(inputs, outputs, 1))


def _block_35(inputs: int, *, pooled: int) -> Branches:
    return Branches(
        _chain(inputs, (64, 1)),
        _chain(inputs, (48, 1), (64, 5)),
        _chain(inputs, (64, 1), (96, 3), (96, 3)),
        _pooled(inputs, pooled),
    )


def _reduction_17(inputs: int) -> Branches:
    return Branches(
        nn.Sequential(*_conv(inputs, 384, 3, stride=2, same=False)),
        _chain(inputs, (64, 1), (96, 3)).extend(_conv(96, 96, 3, stride=2, same=False)),
        nn.MaxPool2d(3, 2),
    )


def _block_17(inputs: int, inner: int) -> Branches:
    row, column = (1, 7), (7, 1)
    double = (inner, 1), (inner, column), (inner, row), (inner, column), (192, row)
    return Branches(
        _chain(inputs, (192, 1)),
        _chain(inputs, (inner, 1), (inner, row), (192, column)),
        _chain(inputs, *double),
        _pooled(inputs, 192),
    )


def _reduction_8(inputs: int) -> Branches:
    long = _chain(inputs, (192, 1), (192, (1, 7)), (192, (7, 1)))
    return Branches(
        _chain(inputs, (192, 1)).extend(_conv(192, 320, 3, stride=2, same=False)),
        long.extend(_conv(192, 192, 3, stride=2, same=False)),
        nn.MaxPool2d(3, 2),
    )


def _block_8(inputs: int) -> Branches:
    return Branches(
        _chain(inputs, (320, 1)),
        _chain(inputs, (384, 1)).append(_row_and_column()),
        _chain(inputs, (448, 1), (384, 3)).append(_row_and_column()),
        _pooled(inputs, 192),
    )


def _row_and_column() -> Branches:
    return Branches(_chain(384, (384, (1, 3))), _chain(384, (384, (3, 1))))
