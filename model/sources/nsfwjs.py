"""Rebuilds the networks that the npm package nsfwjs carries."""

from collections.abc import Mapping

from torch import Tensor, nn

from model.networks.mobilenet_v2 import WIDTHS_1_4, MobileNetV2
from model.sources.layouts import fill_convolution, fill_linear
from model.sources.tfjs import dequantise, read_manifest, read_shard

LABELS = 5
MID_SIZE = 224

_MID = (
    "StatefulPartitionedCall/sequential/keras_layer/StatefulPartitionedCall/"
    "StatefulPartitionedCall/StatefulPartitionedCall/predict/MobilenetV2"
)
_MID_LAYERS = {"expand": "Conv2D", "depthwise": "depthwise", "project": "Conv2D"}
_MID_DENSE = "Func/StatefulPartitionedCall/input"


def mobilenet_v2_mid(members: Mapping[str, bytes]) -> nn.Module:
    """Return nsfwjs' `MobileNetV2Mid`: MobileNetV2 1.4 from TensorFlow Hub, one dense layer."""
    weights = read_weights(members)
    head = nn.Linear(WIDTHS_1_4.last, LABELS)
    network = MobileNetV2(WIDTHS_1_4, head, size=MID_SIZE, symmetric_input=True)
    _fill_mid(network.stem, weights, "Conv/Conv2D")
    for index, block in enumerate(network.blocks.children()):
        name = f"expanded_conv_{index}" if index else "expanded_conv"
        for part in dict(block.named_children()).keys() & _MID_LAYERS.keys():
            layer = block.get_submodule(part)
            _fill_mid(layer, weights, f"{name}/{part}/{_MID_LAYERS[part]}")
    _fill_mid(network.last, weights, "Conv_1/Conv2D")
    fill_linear(head, weights[f"{_MID_DENSE}/_262"], weights[f"{_MID_DENSE}/_263"])
    return network


def read_weights(members: Mapping[str, bytes]) -> dict[str, Tensor]:
    """Return the dequantised tensors of one model: its manifest and all of its shards."""
    scripts = {path: content.decode() for path, content in sorted(members.items())}
    manifest = "".join(text for path, text in scripts.items() if path.endswith("/model.min.js"))
    shards = [read_shard(text) for path, text in scripts.items() if "/group1-shard" in path]
    return dequantise(read_manifest(manifest), b"".join(shards))


def _fill_mid(layer: nn.Module, weights: dict[str, Tensor], name: str) -> None:
    prefix = f"{_MID}/{name}"
    fill_convolution(layer, weights[f"{prefix}_weights"], weights[f"{prefix}_bn_offset"])
