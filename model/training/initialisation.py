"""The weights that training begins with."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import torch

from model.bundle import WEIGHTS, installed_bundles, open_bundle
from model.card import Training
from model.errors import TrainingRefused
from model.install import package_members
from model.networks.calibration import calibration
from model.networks.pipeline import Pipeline
from model.networks.pooled import Head, Pooled
from model.sources.builders import BUILDERS
from model.sources.catalogue import DESCRIPTIONS
from model.training.networks import NETWORKS, blank, features_of, sized, torchvision_network


class Initial(NamedTuple):
    """Where training begins.

    Attributes:
        pipeline: With a new head.
        network: Its name in `NETWORKS`.
        described: Whose weights these are.
        pretrained: Whether its features mean something already.
    """

    pipeline: Pipeline
    network: str
    described: str
    pretrained: bool


def initial(
    name: str,
    labels: int,
    models: Path,
    weights: Path | None,
    *,
    size: int | None = None,
    say: Callable[[str], None],
) -> Initial:
    """Build a network with the features of a bundle, of a file of weights, or none.

    Args:
        name: A published or trained bundle, or a network of torchvision's.
        labels: Number of outputs of the new head.
        models: The folder of bundles.
        weights: torchvision's weights for that network (a state dict), or None.
        size: Width and height of the input, pixels; by default the network's own.
        say: Takes one line of progress at a time.

    Raises:
        TrainingRefused: No network has that name, or the weights are not its.
        SourceUnavailable: The package of a published bundle cannot be had.
    """
    start = _initial(name, labels, models, weights, say)
    sized(start.pipeline.preprocessing, size)
    return start


def _initial(
    name: str, labels: int, models: Path, weights: Path | None, say: Callable[[str], None]
) -> Initial:
    if weights is not None:
        return Initial(
            _from_file(name, labels, weights), name, f"weights of {weights.name}", pretrained=True
        )
    if name in BUILDERS:
        pipeline = BUILDERS[name](package_members(DESCRIPTIONS[name], models, say=say))
        return Initial(
            _with_new_head(pipeline, labels), name, f"the published {name}", pretrained=True
        )
    if name in installed_bundles(models):
        return _from_trained(name, labels, models)
    return Initial(blank(name, labels), name, "random weights", pretrained=False)


def read_weights(path: Path) -> Any:
    """Read a file of tensors; nothing in it is run.

    Raises:
        TrainingRefused: It is none.
    """
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, ValueError, EOFError, pickle.UnpicklingError) as error:
        raise TrainingRefused(f"{path} is no readable file of weights: {error}") from error


def rebuilt(name: str, models: Path) -> tuple[Pipeline, str]:
    """Return a trained bundle's pipeline as torch modules, and its network's name.

    Raises:
        TrainingRefused: It was not trained here.
    """
    bundle = open_bundle(models, name)
    training = bundle.card.training
    if training is None:
        raise TrainingRefused(f"{name} was not trained here; train a model on its features first.")
    pipeline = blank(training.network, len(bundle.card.labels), training.input_size)
    pipeline.network.load_state_dict(read_weights(bundle.artefact(WEIGHTS)))
    calibrate(pipeline, training)
    return pipeline, training.network


def calibrate(pipeline: Pipeline, training: Training) -> None:
    """Give a pipeline the calibration that a card holds."""
    pipeline.temperature.fill_(training.temperature)
    fitted = training.calibration
    pipeline.calibration = None if fitted is None else calibration(fitted)


def _from_trained(name: str, labels: int, models: Path) -> Initial:
    pipeline, network = rebuilt(name, models)
    return Initial(_with_new_head(pipeline, labels), network, f"the model {name}", pretrained=True)


def _with_new_head(pipeline: Pipeline, labels: int) -> Pipeline:
    first = next(pipeline.network.head.layers.children())
    width = int(first.get_parameter("weight").shape[1])
    return Pipeline(
        pipeline.preprocessing, Pooled(pipeline.network.features, Head((width, labels)))
    )


def _from_file(name: str, labels: int, weights: Path) -> Pipeline:
    pipeline = blank(name, labels)
    builder = NETWORKS[name].torchvision
    if not builder:
        raise TrainingRefused(f"--weights is for torchvision's networks, and {name} is none.")
    whole = torchvision_network(builder)
    try:
        whole.load_state_dict(read_weights(weights))
    except (RuntimeError, TypeError, AttributeError) as error:
        raise TrainingRefused(f"{weights} holds no weights of {name}: {error}") from error
    return Pipeline(pipeline.preprocessing, Pooled(features_of(whole), pipeline.network.head))
