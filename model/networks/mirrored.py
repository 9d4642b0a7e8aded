"""TensorFlow's "SAME" convolution without a padding step, by working on the mirrored picture.

For a stride of two and an even size TensorFlow puts its one zero last, where torch's padding,
equal on both sides, puts the one that counts first. Mirror picture and kernel and last becomes
first. A separate padding step would cost a sixth of MobileNetV2's time, as oneDNN cannot fuse it.
Source: https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
"""

from torch import Tensor, nn
from torch.nn import functional


class MirroredConv2d(nn.Conv2d):
    """Convolves a mirrored (N, inputs, H, W) as "SAME" would the upright one.

    The kernel is kept upright and mirrored on the way; freezing a graph does that once and for
    all. H and W must be even where the stride is two.
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: int, *, stride: int = 1, groups: int = 1
    ) -> None:
        super().__init__(inputs, outputs, kernel, stride, kernel // 2, groups=groups)

    def forward(self, mirrored: Tensor) -> Tensor:
        """Map mirrored (N, inputs, H, W) to mirrored (N, outputs, H / stride, W / stride)."""
        kernel = mirror(self.weight)
        return functional.conv2d(
            mirrored, kernel, self.bias, self.stride, self.padding, self.dilation, self.groups
        )


def mirror(picture: Tensor) -> Tensor:
    """Turn the last two axes around."""
    return picture.flip(2, 3)
