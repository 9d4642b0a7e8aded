"""Runs a network's features in bfloat16, but for the parts that would move its scores."""

import copy

import torch
from torch import Tensor, nn


class InBfloat16(nn.Module):
    """Runs features in bfloat16, which some processors multiply twice as fast as float32.

    Autocast keeps the sums in float32; what comes out is float32 again, for pooling and head.

    Args:
        features: Copied, not changed. If it has `exact_parts`, names of its submodules, these stay
            in float32.
    """

    def __init__(self, features: nn.Module) -> None:
        super().__init__()
        self.features = copy.deepcopy(features)
        for name in getattr(features, "exact_parts", ()):
            self.features.set_submodule(name, _InFloat32(self.features.get_submodule(name)))

    def forward(self, inputs: Tensor) -> Tensor:
        """Map what the wrapped features map, to the same shape, in float32."""
        # Without the cache of casts, which a trace would record as if it held for every call.
        with torch.autocast("cpu", dtype=torch.bfloat16, cache_enabled=False):
            return self.features(inputs).float()  # type: ignore[no-any-return]


class _InFloat32(nn.Module):
    """An island of float32 in features that run in bfloat16."""

    def __init__(self, part: nn.Module) -> None:
        super().__init__()
        self.part = part

    def forward(self, inputs: Tensor) -> Tensor:
        """Map what the wrapped part maps, of any precision, in float32."""
        with torch.autocast("cpu", enabled=False):
            return self.part(inputs.float())  # type: ignore[no-any-return]
