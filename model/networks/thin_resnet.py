"""Yahoo's thin ResNet-50, with its batch normalisation already folded into the convolutions.

Source: https://github.com/yahoo/open_nsfw/blob/a4e1393/nsfw_model/deploy.prototxt
("resnet_50_1by2": ResNet-50 with half of the filters; strides on the first convolution).
"""

from torch import Tensor, nn
from torch.nn import functional

FEATURES = 1024
STAGES = ((128, 3), (256, 4), (512, 6), (1024, 3))
"""Channels out of each stage, and its blocks."""
BOTTLENECK = 4


class Bottleneck(nn.Module):
    """Narrows, filters, widens, and adds its input."""

    def __init__(self, inputs: int, outputs: int, *, stride: int) -> None:
        super().__init__()
        inner = outputs // BOTTLENECK
        same_shape = inputs == outputs
        self.shortcut = None if same_shape else nn.Conv2d(inputs, outputs, 1, stride)
        self.narrow = nn.Conv2d(inputs, inner, 1, stride)
        self.filter = nn.Conv2d(inner, inner, 3, padding=1)
        self.widen = nn.Conv2d(inner, outputs, 1)

    def forward(self, inputs: Tensor) -> Tensor:
        """Map (N, inputs, H, W) to (N, outputs, H / stride, W / stride)."""
        inner = functional.relu(self.filter(functional.relu(self.narrow(inputs))))
        shortcut = inputs if self.shortcut is None else self.shortcut(inputs)
        return functional.relu(self.widen(inner) + shortcut)


def thin_resnet_50() -> nn.Sequential:
    """Return the features: (N, 3, 224, 224) to (N, 1024, 7, 7)."""
    stem = nn.Conv2d(3, 64, 7, stride=2, padding=3)
    pool = nn.MaxPool2d(3, stride=2, ceil_mode=True)
    blocks: list[Bottleneck] = []
    inputs = 64
    for outputs, repeats in STAGES:
        first_stride = 2 if blocks else 1
        for stride in (first_stride, *[1] * (repeats - 1)):
            blocks.append(Bottleneck(inputs, outputs, stride=stride))
            inputs = outputs
    return nn.Sequential(stem, nn.ReLU(), pool, *blocks)
