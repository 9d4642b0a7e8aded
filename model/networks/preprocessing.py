"""The step from decoded pixels to network input, kept inside every exported graph."""

import torch
from torch import Tensor, nn
from torch.nn import functional

PREPROCESSING_VERSION = "p1"
"""Raised whenever the same pixels would reach the network as different numbers."""


class Squash(nn.Module):
    """Resizes to a square and scales to 0..1, the way the nsfwjs "Mid" weights were trained.

    The resize is bilinear with antialiasing and does not keep the aspect ratio: the training
    script of GantMan/nsfw_model asks Keras for `interpolation="bilinear"`, which is Pillow's.
    nsfwjs itself resizes without antialiasing, which a crafted picture can exploit (Quiring et
    al., "Adversarial Preprocessing", USENIX Security 2020).
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def resized(self, pixels: Tensor) -> Tensor:
        """Turn uint8 RGB (N, H, W, 3) into uint8 (N, 3, size, size)."""
        # Resizing uint8 is ten times faster than resizing floats, and rounds as Pillow does.
        return functional.interpolate(
            pixels.permute(0, 3, 1, 2),
            size=[self.size, self.size],
            mode="bilinear",
            align_corners=False,
            antialias=True,
        )

    def forward(self, pixels: Tensor) -> Tensor:
        """Turn uint8 RGB (N, H, W, 3) into float32 (N, 3, size, size) in 0..1."""
        return self.resized(pixels).to(torch.float32) / 255
