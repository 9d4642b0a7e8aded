"""TensorFlow's "SAME" padding for strided convolutions."""

from torch import nn


def same_padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Return the zeros before and after an axis of `size`, as TensorFlow places them.

    An odd total puts the extra zero last, where torch's symmetric padding cannot.
    Source: https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
    """
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


class SameConv2d(nn.Sequential):
    """A convolution with bias; maps an axis of `size` to one of `ceil(size / stride)`."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int,
        *,
        size: int,
        stride: int = 1,
        groups: int = 1,
    ) -> None:
        before, after = same_padding(size, kernel, stride)
        padding = before if before == after else 0
        convolution = nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups)
        layers: list[nn.Module] = [convolution]
        if before != after:
            layers.insert(0, nn.ZeroPad2d((before, after, before, after)))
        super().__init__(*layers)
