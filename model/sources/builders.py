"""From a package's files to a pipeline with its weights, by name of the model."""

from collections.abc import Callable, Mapping

from model.networks.pipeline import Pipeline
from model.sources import nsfwjs, open_nsfw

BUILDERS: Mapping[str, Callable[[Mapping[str, bytes]], Pipeline]] = {
    "nsfwjs-mobilenet-v2": nsfwjs.mobilenet_v2,
    "nsfwjs-mobilenet-v2-mid": nsfwjs.mobilenet_v2_mid,
    "nsfwjs-inception-v3": nsfwjs.inception_v3_299,
    "open-nsfw": open_nsfw.open_nsfw,
}
