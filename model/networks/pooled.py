"""Networks that end in global average pooling and a small head: all those imported here."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional


class Head(nn.Module):
    """Linear layers with ReLU between them.

    Args:
        widths: Features in, any hidden layers, labels out.
    """

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(*ends) for ends in pairwise(widths))

    def forward(self, pooled: Tensor) -> Tensor:
        """Map pooled features (N, features) to logits (N, labels)."""
        *hidden, last = self._linear_layers()
        values = pooled
        for layer in hidden:
            values = functional.relu(layer(values))
        return last(values)  # type: ignore[no-any-return]

    def jacobian(self, pooled: Tensor) -> Tensor:
        """Return how each logit changes with each pooled feature, (N, labels, features).

        Between its kinks such a head is linear, so that this is exact, not an estimate.
        """
        *hidden, last = self._linear_layers()
        values, slopes = pooled, torch.eye(pooled.shape[1])
        for layer in hidden:
            values = layer(values)
            slopes = (values > 0)[:, :, None] * (layer.weight @ slopes)
            values = functional.relu(values)
        return (last.weight @ slopes).expand(pooled.shape[0], -1, -1)

    def _linear_layers(self) -> list[nn.Linear]:
        return [layer for layer in self.layers if isinstance(layer, nn.Linear)]


class Pooled(nn.Module):
    """Features, their average over the picture, and a head.

    Args:
        features: Maps preprocessed (N, 3, H, W) to (N, features, h, w).
        head: Maps their averages to logits.
    """

    def __init__(self, features: nn.Module, head: Head) -> None:
        super().__init__()
        self.features = features
        self.head = head

    def forward(self, inputs: Tensor) -> Tensor:
        """Map preprocessed (N, 3, H, W) to logits (N, labels)."""
        return self.head(self.features(inputs).mean(dim=(2, 3)))  # type: ignore[no-any-return]

    def activation_map(self, inputs: Tensor) -> Tensor:
        """Return each place's share in each logit, (N, labels, h, w).

        The mean over places is the logit less a constant. For a head of one layer this is the
        map of Zhou et al., "Learning Deep Features for Discriminative Localization", CVPR
        2016; for a deeper one that of Grad-CAM (Selvaraju et al., ICCV 2017) before its ReLU.
        """
        features = self.features(inputs)
        jacobian = self.head.jacobian(features.mean(dim=(2, 3)))
        return torch.einsum("nlc,nchw->nlhw", jacobian, features)
