"""Puts weights into torch layers."""

import torch
from torch import Tensor, nn

KERAS_EPSILON = 1e-3
"""Keras' default for batch normalisation, and what nsfwjs' layer models state."""


@torch.no_grad()
def fill_convolution(layer: nn.Module, kernel: Tensor, bias: Tensor) -> None:
    """Copy a TensorFlow kernel of shape (H, W, inputs, outputs) and its bias into `layer`.

    A depthwise kernel has shape (H, W, channels, 1) and becomes (channels, 1, H, W).
    """
    if not isinstance(layer, nn.Conv2d) or layer.bias is None:
        raise TypeError(f"not a convolution with bias: {layer}")
    axes = (2, 3, 0, 1) if layer.groups > 1 else (3, 2, 0, 1)
    layer.weight.copy_(kernel.permute(axes))
    layer.bias.copy_(bias)


@torch.no_grad()
def fill_linear(layer: nn.Module, kernel: Tensor, bias: Tensor) -> None:
    """Copy a TensorFlow kernel of shape (inputs, outputs) and its bias into `layer`."""
    if not isinstance(layer, nn.Linear):
        raise TypeError(f"not a linear layer: {layer}")
    layer.weight.copy_(kernel.T)
    layer.bias.copy_(bias)


def fold_batch_norm(
    kernel: Tensor, norm: dict[str, Tensor], *, depthwise: bool
) -> tuple[Tensor, Tensor]:
    """Return the kernel and bias that do a convolution and its batch normalisation at once.

    Args:
        kernel: TensorFlow layout, as for `fill_convolution`.
        norm: `beta`, `moving_mean`, `moving_variance` and, where it scales, `gamma`.
        depthwise: Whether the channels are the kernel's third axis, not its fourth.
    """
    values = {name: value.to(torch.float64) for name, value in norm.items()}
    scale = torch.rsqrt(values["moving_variance"] + KERAS_EPSILON)
    scale = scale * values.get("gamma", torch.ones_like(scale))
    bias = values["beta"] - values["moving_mean"] * scale
    folded = kernel * (scale[:, None] if depthwise else scale)
    return folded.to(torch.float32), bias.to(torch.float32)
