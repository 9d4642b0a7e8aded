"""Builds torchvision's networks and freezes them as the installed models are frozen."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn

from model import torchscript
from model.bundle import TORCHSCRIPT, TORCHSCRIPT_BFLOAT16
from model.comparison.cost import MIB, Size, multiply_adds
from model.networks.bfloat16 import InBfloat16
from model.networks.preprocessing import Preprocessing, Scaled
from model.vision import torchvision

LABELS: Final = 5
"""As many as the default model has."""
_EXAMPLE_SHAPE: Final = (1, 300, 400, 3)


class Untrained(nn.Module):
    """`model.networks.pipeline.Pipeline`'s way from pixels to numbers, around any network."""

    def __init__(self, preprocessing: Preprocessing, network: nn.Module) -> None:
        super().__init__()
        self.preprocessing = preprocessing
        self.network = network

    def forward(self, pixels: Tensor) -> Tensor:
        """Map uint8 RGB (N, H, W, 3) of any size to numbers (N, LABELS) that mean nothing."""
        return self.score(self.prepare(pixels))

    def prepare(self, pixels: Tensor) -> Tensor:
        """Map uint8 RGB (N, H, W, 3) of any size to the network's input, float32."""
        return self.preprocessing(pixels)  # type: ignore[no-any-return]

    def score(self, prepared: Tensor) -> Tensor:
        """Map prepared pictures to numbers (N, LABELS) that mean nothing."""
        return torch.softmax(self.network(prepared), dim=1)


def freeze_untrained(builder: str, options: Mapping[str, Any], edge: int, folder: Path) -> Size:
    """Write a network in both precisions, as a bundle names them, into `folder`.

    Args:
        builder: torchvision's name of the network.
        options: What its builder is told.
        edge: Width and height of the network's input, pixels.
        folder: An existing folder.
    """
    network = torchvision.models.get_model(builder, weights=None, num_classes=LABELS, **options)
    pipeline = Untrained(Scaled(edge, symmetric=True), network).eval()
    archive = _frozen(pipeline)
    (folder / TORCHSCRIPT).write_bytes(archive)
    half = Untrained(pipeline.preprocessing, InBfloat16(network))
    (folder / TORCHSCRIPT_BFLOAT16).write_bytes(_frozen(half))
    return Size(
        parameters=sum(parameter.numel() for parameter in network.parameters()),
        multiply_adds=multiply_adds(pipeline, edge),
        file_mib=len(archive) / MIB,
    )


def _frozen(pipeline: Untrained) -> bytes:
    pixels = torch.zeros(_EXAMPLE_SHAPE, dtype=torch.uint8)
    prepared = pipeline.prepare(pixels)
    examples = {"forward": pixels, "prepare": pixels, "score": prepared}
    return torchscript.freeze_methods(pipeline, examples)
