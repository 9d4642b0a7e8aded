"""Features in eight-bit integers, by static quantisation after training.

Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
Inference", CVPR 2018. torch.ao is used, because its result is TorchScript like every other graph
here; its successor, torchao, needs torch.export's compiler to be fast.
"""

import copy
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Literal

import torch
from torch import Tensor, nn

from model import torchscript
from model.networks.mirrored import MirroredConv2d
from model.networks.pipeline import Pipeline
from model.networks.pooled import Pooled

Scheme = Literal["naive", "careful"]
SCHEMES: Final[tuple[Scheme, ...]] = ("naive", "careful")
ENGINES: Final = ("x86", "fbgemm", "qnnpack")
"""Back-ends of integer arithmetic, the first that is there is taken."""
BATCH: Final = 8


def in_int8(pipeline: Pipeline, prepared: Tensor, scheme: Scheme = "careful") -> Pipeline:
    """Return a pipeline on the same weights whose features are computed in int8.

    Args:
        pipeline: In evaluation mode; not changed.
        prepared: Inputs of benign pictures, (N, 3, H, W), from which ranges are taken.
        scheme: `naive` has one scale for each tensor and quantises every layer. `careful` has one
            for each channel of the weights, takes ranges from histograms, and leaves in float32
            what bfloat16 leaves there (`exact_parts`): the layers whose rounding moved scores most.
    """
    with _quantising():
        features = _quantised(pipeline.network.features, prepared, scheme)
    network = Pooled(features, pipeline.network.head)
    return Pipeline(pipeline.preprocessing, network, temperature=pipeline.temperature.item()).eval()


def _quantised(features: nn.Module, prepared: Tensor, scheme: Scheme) -> nn.Module:
    from torch.ao.quantization.quantize_fx import convert_fx, prepare_fx  # noqa: PLC0415 - slow

    plain = _with_plain_convolutions(copy.deepcopy(features)).eval()
    observed = prepare_fx(plain, _mapping(features, scheme), (prepared[:1],))
    with torch.no_grad():
        for batch in torch.split(prepared, BATCH):
            observed(batch)
    return convert_fx(observed)


def _mapping(features: nn.Module, scheme: Scheme) -> Any:
    from torch.ao import quantization  # noqa: PLC0415 - slow to import

    if scheme == "naive":
        return quantization.QConfigMapping().set_global(quantization.default_qconfig)
    mapping = quantization.get_default_qconfig_mapping(torch.backends.quantized.engine)
    for part in getattr(features, "exact_parts", ()):
        mapping.set_module_name(part, None)
    return mapping


def _with_plain_convolutions(module: nn.Module) -> nn.Module:
    """Turn mirrored kernels around once and for all, in place: the quantiser knows plain layers."""
    for name, part in module.named_children():
        if isinstance(part, MirroredConv2d):
            setattr(module, name, _plain(part))
        else:
            _with_plain_convolutions(part)
    return module


def _plain(part: MirroredConv2d) -> nn.Conv2d:
    plain = nn.Conv2d(
        part.in_channels,
        part.out_channels,
        part.kernel_size[0],
        stride=part.stride[0],
        padding=part.kernel_size[0] // 2,
        groups=part.groups,
    )
    plain.weight = nn.Parameter(part.weight.detach().flip(2, 3).contiguous())
    plain.bias = part.bias
    return plain


@contextmanager
def _quantising() -> Iterator[None]:
    # The back-end is a switch of the whole process; torch.ao announces its successor each time.
    before = torch.backends.quantized.engine
    there = torch.backends.quantized.supported_engines
    torch.backends.quantized.engine = next(each for each in ENGINES if each in there)
    try:
        with torchscript.without_deprecation_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            warnings.filterwarnings("ignore", "Please use quant_min and quant_max", UserWarning)
            yield
    finally:
        torch.backends.quantized.engine = before
