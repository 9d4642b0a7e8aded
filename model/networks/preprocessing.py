"""The step from decoded pixels to network input, kept inside every exported graph."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn
from torch.nn import functional

from model.networks.jpeg import jpeg_round_trip


class Preprocessing(nn.Module, ABC):
    """Resizes to a square, bilinear with antialiasing and without keeping the aspect ratio.

    nsfwjs itself resizes without antialiasing, which a crafted picture can exploit (Quiring et
    al., "Adversarial Preprocessing", USENIX Security 2020).

    Args:
        size: Width and height to resize to, pixels.
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

    @abstractmethod
    def differentiable(self, values: Tensor) -> Tensor:
        """Turn float values of 0..255 (N, 3, size, size) into the network's input.

        What `forward` does after its resize, with gradients. It is apart from `forward` because the
        hash of what that traces is part of every score's key.
        """


class Scaled(Preprocessing):
    """Scales to 0..1, or to -1..1 as TensorFlow Hub's MobileNetV2 expects.

    The resize is that of the training of the nsfwjs "Mid" weights: GantMan/nsfw_model asks
    Keras for `interpolation="bilinear"`, which is Pillow's.
    """

    def __init__(self, size: int, *, symmetric: bool = False) -> None:
        super().__init__(size)
        self.symmetric = symmetric

    def forward(self, pixels: Tensor) -> Tensor:
        """Turn uint8 RGB (N, H, W, 3) into float32 (N, 3, size, size)."""
        scaled = self.resized(pixels).to(torch.float32) / 255
        return scaled * 2 - 1 if self.symmetric else scaled

    def differentiable(self, values: Tensor) -> Tensor:
        """Scale each value."""
        return values / 127.5 - 1 if self.symmetric else values / 255


class Standardised(Preprocessing):
    """What torchvision's ImageNet weights expect: each channel around zero, with unit spread.

    Source: https://docs.pytorch.org/vision/stable/models.html (the weights' transforms).
    """

    means = (0.485, 0.456, 0.406)
    spreads = (0.229, 0.224, 0.225)

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.mean = nn.Buffer(torch.tensor(self.means).reshape(1, 3, 1, 1), persistent=False)
        self.spread = nn.Buffer(torch.tensor(self.spreads).reshape(1, 3, 1, 1), persistent=False)

    def forward(self, pixels: Tensor) -> Tensor:
        """Turn uint8 RGB (N, H, W, 3) into float32 (N, 3, size, size)."""
        return (self.resized(pixels).to(torch.float32) / 255 - self.mean) / self.spread

    def differentiable(self, values: Tensor) -> Tensor:
        """Bring each channel around zero, to unit spread."""
        return (values / 255 - self.mean) / self.spread


class Yahoo(Preprocessing):
    """What open_nsfw was trained on: resize, JPEG, centre crop, BGR, mean subtraction.

    Source: https://github.com/yahoo/open_nsfw/blob/a4e1393/classify_nsfw.py (resize_image and
    caffe_preprocess_and_compute). Without the JPEG step scores move by several hundredths.
    """

    resized_size = 256
    cropped_size = 224
    blue_green_red_means = (104.0, 117.0, 123.0)

    def __init__(self) -> None:
        super().__init__(self.resized_size)
        means = torch.tensor(self.blue_green_red_means).reshape(1, 3, 1, 1)
        self.means = nn.Buffer(means, persistent=False)

    def forward(self, pixels: Tensor) -> Tensor:
        """Turn uint8 RGB (N, H, W, 3) into float32 BGR (N, 3, 224, 224) around zero."""
        margin = (self.resized_size - self.cropped_size) // 2
        inside = slice(margin, margin + self.cropped_size)
        compressed = jpeg_round_trip(self.resized(pixels))[:, :, inside, inside]
        return compressed.flip(1) - self.means

    def differentiable(self, values: Tensor) -> Tensor:
        """Compress, crop and centre; backwards as though JPEG did nothing.

        JPEG rounds, so that its own gradient is zero and would hide the network's (Athalye et al.,
        "Obfuscated Gradients Give a False Sense of Security", ICML 2018).
        """
        margin = (self.resized_size - self.cropped_size) // 2
        inside = slice(margin, margin + self.cropped_size)
        compressed = values + (jpeg_round_trip(values.round()) - values).detach()
        return compressed[:, :, inside, inside].flip(1) - self.means
