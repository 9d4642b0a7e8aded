"""A network with its preprocessing and calibration: what becomes a bundle's graph."""

import torch
from torch import Tensor, nn

from model.networks.bfloat16 import InBfloat16
from model.networks.pooled import Pooled
from model.networks.preprocessing import Preprocessing


class Pipeline(nn.Module):
    """Decoded pixels in, calibrated probabilities out.

    Args:
        preprocessing: From pixels to the network's input.
        network: From there to logits.
        temperature: Divides the logits (Guo et al., "On Calibration of Modern Neural
            Networks", ICML 2017); 1 leaves the published scores as they are.
        calibration: Maps the divided logits to probabilities; softmax by default.
    """

    def __init__(
        self,
        preprocessing: Preprocessing,
        network: Pooled,
        *,
        temperature: float = 1.0,
        calibration: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.preprocessing = preprocessing
        self.network = network
        self.temperature = nn.Buffer(torch.tensor(temperature))
        self.calibration = calibration

    def forward(self, pixels: Tensor) -> Tensor:
        """Map uint8 RGB (N, H, W, 3) of any size to probabilities (N, labels)."""
        return self.score(self.prepare(pixels))

    def prepare(self, pixels: Tensor) -> Tensor:
        """Map uint8 RGB (N, H, W, 3) of any size to the network's input, float32.

        Pictures of different sizes can be prepared one by one and scored together.
        """
        return self.preprocessing(pixels)  # type: ignore[no-any-return]

    def score(self, prepared: Tensor) -> Tensor:
        """Map prepared pictures to probabilities (N, labels)."""
        return self.probabilities(self.network(prepared))

    def probabilities(self, logits: Tensor) -> Tensor:
        """Map the network's logits to calibrated probabilities, both (N, labels)."""
        divided = logits / self.temperature
        if self.calibration is None:
            return torch.softmax(divided, dim=1)
        return self.calibration(divided)  # type: ignore[no-any-return]

    def explain(self, prepared: Tensor) -> Tensor:
        """Return each place's share in each logit, (N, labels, h, w), before calibration."""
        return self.network.activation_map(prepared)

    def in_bfloat16(self) -> "Pipeline":
        """Return a pipeline on the same weights whose features are computed in bfloat16."""
        network = Pooled(InBfloat16(self.network.features), self.network.head)
        return Pipeline(
            self.preprocessing,
            network,
            temperature=self.temperature.item(),
            calibration=self.calibration,
        )
