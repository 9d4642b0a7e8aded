"""The networks that can be trained: torchvision's, and those of the published models.

Each is features, pooling and one linear layer, so that heat maps stay exact.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from torch import nn

from model.errors import TrainingRefused
from model.networks.inception_v3 import FEATURES as INCEPTION_FEATURES
from model.networks.inception_v3 import inception_v3
from model.networks.mobilenet_v2 import WIDTHS_1_0, WIDTHS_1_4, MobileNetV2
from model.networks.pipeline import Pipeline
from model.networks.pooled import Head, Pooled
from model.networks.preprocessing import Preprocessing, Scaled, Standardised, Yahoo
from model.networks.thin_resnet import FEATURES as THIN_FEATURES
from model.networks.thin_resnet import thin_resnet_50


class Network(NamedTuple):
    """How to build one, without weights.

    Attributes:
        title: For people.
        preprocessing: From pixels to input.
        features: Everything before pooling.
        width: Features after pooling.
        torchvision: torchvision's name of it, or empty.
    """

    title: str
    preprocessing: Callable[[], Preprocessing]
    features: Callable[[], nn.Module]
    width: int
    torchvision: str = ""


def _from_torchvision(
    title: str, builder: str, width: int, preprocessing: Callable[[], Preprocessing]
) -> Network:
    return Network(
        title, preprocessing, lambda: features_of(torchvision_network(builder)), width, builder
    )


NETWORKS: Final[Mapping[str, Network]] = {
    "nsfwjs-mobilenet-v2-mid": Network(
        "MobileNetV2 1.4",
        lambda: Scaled(224, symmetric=True),
        lambda: MobileNetV2(WIDTHS_1_4),
        1792,
    ),
    "nsfwjs-mobilenet-v2": Network(
        "MobileNetV2 1.0", lambda: Scaled(224), lambda: MobileNetV2(WIDTHS_1_0), 1280
    ),
    "nsfwjs-inception-v3": Network(
        "InceptionV3", lambda: Scaled(299), inception_v3, INCEPTION_FEATURES
    ),
    "open-nsfw": Network("thin ResNet-50", Yahoo, thin_resnet_50, THIN_FEATURES),
    "mobilenet-v2": _from_torchvision(
        "MobileNetV2", "mobilenet_v2", 1280, lambda: Standardised(224)
    ),
    "mobilenet-v3-large": _from_torchvision(
        "MobileNetV3-Large", "mobilenet_v3_large", 960, lambda: Standardised(224)
    ),
    "mobilenet-v3-small": _from_torchvision(
        "MobileNetV3-Small", "mobilenet_v3_small", 576, lambda: Standardised(224)
    ),
    "efficientnet-b0": _from_torchvision(
        "EfficientNet-B0", "efficientnet_b0", 1280, lambda: Standardised(224)
    ),
    # torchvision's own InceptionV3 rescales to -1..1 inside; here that is the preprocessing.
    "inception-v3": _from_torchvision(
        "InceptionV3", "inception_v3", 2048, lambda: Scaled(299, symmetric=True)
    ),
    "resnet-50": _from_torchvision("ResNet-50", "resnet50", 2048, lambda: Standardised(224)),
}


def blank(name: str, labels: int, size: int | None = None) -> Pipeline:
    """Return a network by name, without trained weights.

    Args:
        name: Of `NETWORKS`.
        labels: Number of outputs.
        size: Width and height of its input, pixels; by default its own.

    Raises:
        TrainingRefused: There is none of that name, or it has one size only.
    """
    network = NETWORKS.get(name)
    if network is None:
        raise TrainingRefused(f"There is no network {name}; there is: {', '.join(NETWORKS)}.")
    pooled = Pooled(network.features(), Head((network.width, labels)))
    return Pipeline(sized(network.preprocessing(), size), pooled)


def sized(preprocessing: Preprocessing, size: int | None) -> Preprocessing:
    """Let a preprocessing resize to another size, in place.

    Raises:
        TrainingRefused: It crops, so that its size is fixed.
    """
    if size not in {None, preprocessing.size}:
        if isinstance(preprocessing, Yahoo):
            raise TrainingRefused(f"open-nsfw takes {preprocessing.size} pixels: leave --size out.")
        preprocessing.size = size or preprocessing.size
    return preprocessing


def torchvision_network(builder: str) -> nn.Module:
    """Return a network of torchvision's with its own initialisation.

    Raises:
        TrainingRefused: torchvision is not installed.
    """
    try:
        # An optional extra, and slow to import.
        from model.vision import torchvision  # noqa: PLC0415
    except ImportError as error:
        raise TrainingRefused(
            "This network needs torchvision: run `pip install 'commons-lookout[training]'`."
        ) from error
    options = {"init_weights": True} if builder == "inception_v3" else {}
    network: nn.Module = torchvision.models.get_model(builder, weights=None, **options)
    return network


def features_of(network: nn.Module) -> nn.Module:
    """Return what stands before the pooling of one of torchvision's networks."""
    features = getattr(network, "features", None)
    if isinstance(features, nn.Module):
        return features
    parts: list[nn.Module] = []
    for name, part in network.named_children():
        if name == "avgpool":
            break
        if name != "AuxLogits":
            parts.append(part)
    return nn.Sequential(*parts)
