"""A network with its preprocessing and calibration: what becomes a bundle's graph."""

import torch
from torch import Tensor, nn

from model.networks.preprocessing import Squash


class Pipeline(nn.Module):
    """Decoded pixels in, calibrated probabilities out.

    Args:
        network: Maps float32 (N, 3, size, size) in 0..1 to logits (N, labels).
        size: Width and height of the network's input, pixels.
        temperature: Divides the logits (Guo et al., "On Calibration of Modern Neural
            Networks", ICML 2017); 1 leaves the published scores as they are.
    """

    def __init__(self, network: nn.Module, size: int, *, temperature: float = 1.0) -> None:
        super().__init__()
        self.resize = Squash(size)
        self.network = network
        self.temperature = nn.Buffer(torch.tensor(temperature))

    def squash(self, pixels: Tensor) -> Tensor:
        """Resize uint8 RGB (N, H, W, 3) to (N, size, size, 3), so that pictures can be batched.

        `forward` gives the same scores before and after, since resizing to the same size
        changes nothing.
        """
        return self.resize.resized(pixels).permute(0, 2, 3, 1).contiguous()

    def forward(self, pixels: Tensor) -> Tensor:
        """Map uint8 RGB (N, H, W, 3) of any size to probabilities (N, labels)."""
        return torch.softmax(self.network(self.resize(pixels)) / self.temperature, dim=1)
