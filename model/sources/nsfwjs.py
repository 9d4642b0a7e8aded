"""Rebuilds the networks that the npm package nsfwjs carries."""

from collections.abc import Mapping

from torch import Tensor, nn

from model.networks.inception_v3 import FEATURES, inception_v3
from model.networks.mobilenet_v2 import WIDTHS_1_0, WIDTHS_1_4, MobileNetV2
from model.networks.pipeline import Pipeline
from model.networks.pooled import Head, Pooled
from model.networks.preprocessing import Scaled
from model.sources.layouts import fill_convolution, fill_linear, fold_batch_norm
from model.sources.tfjs import dequantise, read_manifest, read_shard

LABELS = 5
HIDDEN = (256, 128)
MOBILENET_SIZE = 224
INCEPTION_SIZE = 299

_HUB = (
    "StatefulPartitionedCall/sequential/keras_layer/StatefulPartitionedCall/"
    "StatefulPartitionedCall/StatefulPartitionedCall/predict/MobilenetV2"
)
_HUB_LAYERS = {"expand": "Conv2D", "depthwise": "depthwise", "project": "Conv2D"}
_HUB_DENSE = "Func/StatefulPartitionedCall/input"


def mobilenet_v2_mid(members: Mapping[str, bytes]) -> Pipeline:
    """Return `MobileNetV2Mid`: MobileNetV2 1.4 from TensorFlow Hub and one dense layer."""
    weights = read_weights(members)
    features = MobileNetV2(WIDTHS_1_4)
    _fill_hub(features.stem, weights, "Conv/Conv2D")
    for index, block in enumerate(features.blocks.children()):
        name = f"expanded_conv_{index}" if index else "expanded_conv"
        for part in dict(block.named_children()).keys() & _HUB_LAYERS.keys():
            layer = block.get_submodule(part)
            _fill_hub(layer, weights, f"{name}/{part}/{_HUB_LAYERS[part]}")
    _fill_hub(features.last, weights, "Conv_1/Conv2D")
    head = Head((WIDTHS_1_4.last, LABELS))
    fill_linear(head.layers[0], weights[f"{_HUB_DENSE}/_262"], weights[f"{_HUB_DENSE}/_263"])
    return Pipeline(Scaled(MOBILENET_SIZE, symmetric=True), Pooled(features, head))


def mobilenet_v2(members: Mapping[str, bytes]) -> Pipeline:
    """Return `MobileNetV2`: Keras' MobileNetV2 1.0 and three dense layers."""
    weights = read_weights(members)
    features = MobileNetV2(WIDTHS_1_0)
    _fill_keras(features.stem, weights, "Conv1", "bn_Conv1")
    for index, block in enumerate(features.blocks.children()):
        name = f"block_{index}" if index else "expanded_conv"
        for part in dict(block.named_children()).keys() & _HUB_LAYERS.keys():
            layer = block.get_submodule(part)
            _fill_keras(layer, weights, f"{name}_{part}", f"{name}_{part}_BN")
    _fill_keras(features.last, weights, "Conv_1", "Conv_1_bn")
    head = _dense_head(weights, WIDTHS_1_0.last)
    return Pipeline(Scaled(MOBILENET_SIZE), Pooled(features, head))


def inception_v3_299(members: Mapping[str, bytes]) -> Pipeline:
    """Return `InceptionV3`: Keras' InceptionV3 and three dense layers."""
    weights = read_weights(members)
    features = inception_v3()
    convolutions = (layer for layer in features.modules() if isinstance(layer, nn.Conv2d))
    for number, layer in enumerate(convolutions, start=1):
        _fill_keras(layer, weights, f"conv2d_{number}", f"batch_normalization_{number}")
    head = _dense_head(weights, FEATURES)
    return Pipeline(Scaled(INCEPTION_SIZE), Pooled(features, head))


def read_weights(members: Mapping[str, bytes]) -> dict[str, Tensor]:
    """Return the dequantised tensors of one model: its manifest and all of its shards."""
    scripts = {path: content.decode() for path, content in sorted(members.items())}
    manifest = "".join(text for path, text in scripts.items() if path.endswith("/model.min.js"))
    shards = [read_shard(text) for path, text in scripts.items() if "/group1-shard" in path]
    return dequantise(read_manifest(manifest), b"".join(shards))


def _fill_hub(layer: nn.Module, weights: dict[str, Tensor], name: str) -> None:
    prefix = f"{_HUB}/{name}"
    fill_convolution(layer, weights[f"{prefix}_weights"], weights[f"{prefix}_bn_offset"])


def _fill_keras(layer: nn.Module, weights: dict[str, Tensor], name: str, norm: str) -> None:
    depthwise = f"{name}/depthwise_kernel" in weights
    kernel = weights[f"{name}/depthwise_kernel" if depthwise else f"{name}/kernel"]
    statistics = {
        key.removeprefix(f"{norm}/"): value
        for key, value in weights.items()
        if key.startswith(f"{norm}/")
    }
    fill_convolution(layer, *fold_batch_norm(kernel, statistics, depthwise=depthwise))


def _dense_head(weights: dict[str, Tensor], features: int) -> Head:
    head = Head((features, *HIDDEN, LABELS))
    for number, layer in enumerate(head.layers, start=1):
        fill_linear(layer, weights[f"dense_{number}/kernel"], weights[f"dense_{number}/bias"])
    return head
