"""A network with its preprocessing and calibration: what becomes a bundle's graph."""

import torch
from torch import Tensor, nn

from model.networks.pooled import Pooled
from model.networks.preprocessing import Preprocessing


class Pipeline(nn.Module):
    """Decoded pixels in, calibrated probabilities out.

    Args:
        preprocessing: From pixels to the network's input.
        network: From there to logits.
        temperature: Divides the logits (Guo et al., "On Calibration of Modern Neural
            Networks", ICML 2017); 1 leaves the published scores as they are.
    """

    def __init__(
        self, preprocessing: Preprocessing, network: Pooled, *, temperature: float = 1.0
    ) -> None:
        super().__init__()
        self.preprocessing = preprocessing
        self.network = network
        self.temperature = nn.Buffer(torch.tensor(temperature))

    def forward(self, pixels: Tensor) -> Tensor:
        """Map uint8 RGB (N, H, W, 3) of any size to probabilities (N, labels)."""
        logits = self.network(self.preprocessing(pixels))
        return torch.softmax(logits / self.temperature, dim=1)

    def squash(self, pixels: Tensor) -> Tensor:
        """Resize uint8 RGB (N, H, W, 3) to (N, size, size, 3), so that pictures can be batched.

        `forward` gives the same scores before and after, since resizing to the same size
        changes nothing.
        """
        return self.preprocessing.resized(pixels).permute(0, 2, 3, 1).contiguous()

    def explain(self, pixels: Tensor) -> Tensor:
        """Return each place's share in each logit, (N, labels, h, w), before calibration."""
        return self.network.activation_map(self.preprocessing(pixels))
