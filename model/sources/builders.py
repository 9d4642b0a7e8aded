"""From a package's files to a network with its weights, by name of the model."""

from collections.abc import Callable, Mapping

from torch import nn

from model.sources import nsfwjs

BUILDERS: Mapping[str, Callable[[Mapping[str, bytes]], nn.Module]] = {
    "nsfwjs-mobilenet-v2-mid": nsfwjs.mobilenet_v2_mid,
}
