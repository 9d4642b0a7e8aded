"""Puts TensorFlow weights into torch layers."""

import torch
from torch import Tensor, nn


@torch.no_grad()
def fill_convolution(layer: nn.Module, kernel: Tensor, bias: Tensor) -> None:
    """Copy a kernel of shape (H, W, inputs, outputs) and its bias into `layer`.

    A depthwise kernel has shape (H, W, channels, 1) and becomes (channels, 1, H, W).
    """
    convolution = layer[-1] if isinstance(layer, nn.Sequential) else layer
    if not isinstance(convolution, nn.Conv2d) or convolution.bias is None:
        raise TypeError(f"not a convolution with bias: {layer}")
    axes = (2, 3, 0, 1) if convolution.groups > 1 else (3, 2, 0, 1)
    convolution.weight.copy_(kernel.permute(axes))
    convolution.bias.copy_(bias)


@torch.no_grad()
def fill_linear(layer: nn.Module, kernel: Tensor, bias: Tensor) -> None:
    """Copy a kernel of shape (inputs, outputs) and its bias into `layer`."""
    if not isinstance(layer, nn.Linear):
        raise TypeError(f"not a linear layer: {layer}")
    layer.weight.copy_(kernel.T)
    layer.bias.copy_(bias)
