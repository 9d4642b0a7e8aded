"""Well-known networks without trained weights: what they cost, and nothing else.

torchvision's architectures with its own initialisation. Their answers mean nothing, so they never
become a bundle, which is all that can score: a graph without labels lies in a temporary folder
while it is measured.
"""

import importlib.util
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from model.comparison.cost import Opened, Opener, Size, in_fresh_process
from model.errors import SourceUnavailable

INSTALL: Final = "pip install 'commons-lookout[training]'"


class Backbone(NamedTuple):
    """How to have a network from torchvision.

    Attributes:
        title: Name of the network.
        builder: torchvision's name for it.
        edge: Width and height of its input, pixels, as in torchvision's recipes.
        options: What its builder is told.
    """

    title: str
    builder: str
    edge: int = 224
    options: Mapping[str, Any] = {}


BACKBONES: Final = {
    # The auxiliary head is for training only.
    "untrained-inception-v3": Backbone(
        "InceptionV3", "inception_v3", 299, {"aux_logits": False, "init_weights": True}
    ),
    "untrained-mobilenet-v2": Backbone("MobileNetV2", "mobilenet_v2"),
    "untrained-mobilenet-v3-large": Backbone("MobileNetV3-Large", "mobilenet_v3_large"),
    "untrained-efficientnet-b0": Backbone("EfficientNet-B0", "efficientnet_b0"),
    "untrained-resnet-50": Backbone("ResNet-50", "resnet50"),
}


def torchvision_is_installed() -> bool:
    """Tell whether backbones can be built here."""
    return importlib.util.find_spec("torchvision") is not None


@contextmanager
def frozen(backbone: Backbone) -> Iterator[tuple[Size, Opener]]:
    """Give a backbone's size and a way to open it, as TorchScript that is gone after the block.

    Raises:
        SourceUnavailable: torchvision is not installed.
    """
    if not torchvision_is_installed():
        raise SourceUnavailable(
            f"The {backbone.title} backbone needs the torchvision package: run `{INSTALL}`."
        )
    with tempfile.TemporaryDirectory() as scratch:
        size = in_fresh_process(_freeze, backbone, Path(scratch))
        yield size, partial(_open, Path(scratch))


def _freeze(backbone: Backbone, folder: Path) -> Size:
    # Imported here, so that the building process alone pays for torchvision.
    from model.comparison.untrained import freeze_untrained  # noqa: PLC0415

    return freeze_untrained(backbone.builder, backbone.options, backbone.edge, folder)


def _open(folder: Path, *, threads: int, batch: int) -> Opened:
    # Imported here, because loading torch is part of starting up.
    import torch  # noqa: PLC0415

    from model.engine import Engine  # noqa: PLC0415
    from model.precision import ARCHIVES, Precision, processor_has_bfloat16  # noqa: PLC0415

    torch.set_num_threads(threads)
    precision: Precision = "bf16" if processor_has_bfloat16() else "fp32"
    engine = Engine(folder / ARCHIVES[precision], batch=batch, fused=True)
    return Opened(
        lambda pictures: engine.score([torch.from_numpy(picture)[None] for picture in pictures]),
        precision,
    )
