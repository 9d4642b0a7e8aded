"""From logits to calibrated probabilities, by more than one temperature."""

import torch
from torch import Tensor, nn

from model.card import IsotonicMap, VectorScaling


class Vector(nn.Module):
    """Scales and shifts each label's logit (Guo et al., ICML 2017, section 4.2)."""

    def __init__(self, fitted: VectorScaling) -> None:
        super().__init__()
        self.scale = nn.Buffer(torch.tensor(fitted.scale))
        self.shift = nn.Buffer(torch.tensor(fitted.shift))

    def forward(self, logits: Tensor) -> Tensor:
        """Map logits to probabilities, both (N, labels)."""
        return torch.softmax(logits * self.scale + self.shift, dim=1)


class Isotonic(nn.Module):
    """Maps each label's probability by a rising line of straight pieces, then makes their sum 1.

    Zadrozny and Elkan, "Transforming Classifier Scores into Accurate Multiclass Probability
    Estimates", KDD 2002. A line is the sum of its pieces, so that a graph needs no search.
    """

    def __init__(self, fitted: IsotonicMap) -> None:
        super().__init__()
        places, values = torch.tensor(fitted.places), torch.tensor(fitted.values)
        widths = places.diff(dim=1)
        rises = values.diff(dim=1)
        self.starts = nn.Buffer(places[:, :-1])
        self.widths = nn.Buffer(widths)
        self.slopes = nn.Buffer(torch.where(widths > 0, rises / widths.clamp(min=1e-9), 0))
        self.lowest = nn.Buffer(values[:, 0])

    def forward(self, logits: Tensor) -> Tensor:
        """Map logits to probabilities, both (N, labels)."""
        probabilities = torch.softmax(logits, dim=1)
        steps = (probabilities[:, :, None] - self.starts).clamp(min=0)
        mapped = self.lowest + (torch.minimum(steps, self.widths) * self.slopes).sum(dim=2)
        return mapped / mapped.sum(dim=1, keepdim=True)


def calibration(fitted: VectorScaling | IsotonicMap) -> nn.Module:
    """Return the module of what a card holds."""
    return Vector(fitted) if isinstance(fitted, VectorScaling) else Isotonic(fitted)
