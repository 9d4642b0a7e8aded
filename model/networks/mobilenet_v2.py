"""MobileNetV2 with its batch normalisation already folded into the convolutions.

Source: Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018,
table 2; padding and rounding of widths as in TensorFlow's implementation.
"""

from typing import NamedTuple

from torch import Tensor, nn

from model.networks.mirrored import MirroredConv2d, mirror

EXPANSION = 6
REPEATS = (1, 2, 3, 4, 3, 3, 1)
STRIDES = (1, 2, 2, 2, 1, 2, 1)

EXACT_PARTS = ("stem", "blocks.0.depthwise", "blocks.3.project", "blocks.13.project")
"""A fifteenth of the multiplications, whose rounding moves scores most for the time that it saves.

The two projections begin a sum, in which their rounding stays. With less in float32 the largest
change on harmless pictures passes 0.05, with more it hardly falls (`python -m bench drift`).
"""


class Widths(NamedTuple):
    """Channels of the stem, of each group of blocks, and of the last convolution."""

    stem: int
    groups: tuple[int, ...]
    last: int


WIDTHS_1_0 = Widths(32, (16, 24, 32, 64, 96, 160, 320), 1280)
WIDTHS_1_4 = Widths(48, (24, 32, 48, 88, 136, 224, 448), 1792)


class InvertedResidual(nn.Module):
    """Expands, filters each channel on its own, projects; adds its input where shapes allow."""

    def __init__(self, inputs: int, outputs: int, *, stride: int, expand: int) -> None:
        super().__init__()
        inner = inputs * expand
        self.expand = nn.Conv2d(inputs, inner, 1) if expand > 1 else None
        self.depthwise = MirroredConv2d(inner, inner, 3, stride=stride, groups=inner)
        self.project = nn.Conv2d(inner, outputs, 1)
        self.activation = nn.ReLU6()
        self.adds_input = stride == 1 and inputs == outputs

    def forward(self, inputs: Tensor) -> Tensor:
        """Map mirrored (N, inputs, H, W) to mirrored (N, outputs, H / stride, W / stride)."""
        inner = inputs if self.expand is None else self.activation(self.expand(inputs))
        outputs: Tensor = self.project(self.activation(self.depthwise(inner)))
        return inputs + outputs if self.adds_input else outputs


class MobileNetV2(nn.Module):
    """The features of MobileNetV2, without pooling and head.

    Args:
        widths: Channels throughout.

    Attributes:
        exact_parts: What stays in float32 when the rest runs in bfloat16.
    """

    def __init__(self, widths: Widths) -> None:
        super().__init__()
        self.stem = MirroredConv2d(3, widths.stem, 3, stride=2)
        self.blocks = nn.Sequential(*_blocks(widths))
        self.last = nn.Conv2d(widths.groups[-1], widths.last, 1)
        self.activation = nn.ReLU6()
        self.exact_parts = EXACT_PARTS

    def forward(self, inputs: Tensor) -> Tensor:
        """Map (N, 3, H, W), multiples of 32, to (N, widths.last, H / 32, W / 32)."""
        stem = self.activation(self.stem(mirror(inputs)))
        return mirror(self.activation(self.last(self.blocks(stem))))


def _blocks(widths: Widths) -> list[InvertedResidual]:
    blocks: list[InvertedResidual] = []
    inputs = widths.stem
    for outputs, repeats, first_stride in zip(widths.groups, REPEATS, STRIDES, strict=True):
        for stride in (first_stride, *[1] * (repeats - 1)):
            expand = EXPANSION if blocks else 1
            blocks.append(InvertedResidual(inputs, outputs, stride=stride, expand=expand))
            inputs = outputs
    return blocks
