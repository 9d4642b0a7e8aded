"""Pictures made hard for the network while it learns, so that it withstands attacks."""

import math
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from model.networks.preprocessing import Preprocessing

REACH: Final = 2.5
"""Sum of all steps, in epsilons: enough to leave a random start for the other end. Of the first two
it is half each, as Wong et al. take for a single one."""


class Adversary:
    """Projected gradient descent of few steps from a random start.

    Madry et al., "Towards Deep Learning Models Resistant to Adversarial Attacks", ICLR 2018; with a
    single step, Wong et al., "Fast is Better Than Free", ICLR 2020. One step can fail all at once
    ("catastrophic overfitting"), two seldom do.

    Args:
        preprocessing: From pixels to the network's input, where the pictures are changed.
        epsilon: Largest change of a pixel's value, of 255.
        steps: How many.
        share: Of the pictures that the network learns from; the others stay as they are. Both in
            one batch, as in Kurakin et al., "Adversarial Machine Learning at Scale", ICLR 2017,
            cost less accuracy on pictures that nobody has changed.
    """

    def __init__(
        self, preprocessing: Preprocessing, epsilon: float, steps: int, share: float = 1.0
    ) -> None:
        size = preprocessing.size
        with torch.no_grad():
            ends = [
                preprocessing.differentiable(torch.full((1, 3, size, size), value))[:, :, :1, :1]
                for value in (0.0, 255.0)
            ]
        self._low, self._high = torch.minimum(*ends), torch.maximum(*ends)
        self._bound = epsilon / 255 * (self._high - self._low)
        self._step = REACH / max(2, steps) * self._bound
        self._steps = steps
        self.share = share

    def to(self, device: torch.device) -> "Adversary":
        """Move to where the network is."""
        for name in ("_low", "_high", "_bound", "_step"):
            setattr(self, name, getattr(self, name).to(device))
        return self

    def mixed(self, network: nn.Module, inputs: Tensor, targets: Tensor) -> Tensor:
        """Return inputs (N, 3, H, W) of which the first are changed, as many as `share` says."""
        count = math.ceil(self.share * len(inputs))
        changed = self.changed(network, inputs[:count], targets[:count])
        return torch.cat([changed, inputs[count:]])

    def changed(self, network: nn.Module, inputs: Tensor, targets: Tensor) -> Tensor:
        """Return inputs (N, 3, H, W), changed within the bound so that the loss is high.

        Random numbers are torch's own, so that a pass that is repeated repeats them.
        """
        noise = (2 * torch.rand_like(inputs) - 1) * self._bound
        found = self._within(inputs + noise, inputs)
        for _ in range(self._steps):
            found = found.detach().requires_grad_()
            loss = functional.cross_entropy(network(found).float(), targets, reduction="sum")
            (slopes,) = torch.autograd.grad(loss, found)
            found = self._within(found.detach() + self._step * slopes.sign(), inputs)
        return found.detach()

    def _within(self, found: Tensor, inputs: Tensor) -> Tensor:
        nearest = torch.clamp(found, inputs - self._bound, inputs + self._bound)
        return torch.clamp(nearest, self._low, self._high)
