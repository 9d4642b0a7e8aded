"""Transfer learning: a new head on known features, then the whole network, gently."""

from collections.abc import Callable
from pathlib import Path

import torch

from model.errors import TrainingRefused
from model.files import storing
from model.networks.preprocessing import Preprocessing
from model.training.dataset.manifest import Dataset
from model.training.decoding import Decoders
from model.training.initialisation import initial
from model.training.pictures import Pictures
from model.training.recipe import Recipe
from model.training.run import Run
from model.training.shown import Bar, Say, silent
from model.training.teacher import Teacher
from model.training.trained import Trained, write_trained
from model.training.trainer import Trainer


def train(
    dataset: Dataset,
    recipe: Recipe,
    *,
    name: str,
    models: Path,
    folder: Path,
    weights: Path | None = None,
    say: Say,
    bar: Bar = silent,
) -> Path:
    """Train a model and write its bundle; after an interruption, go on where it was.

    Args:
        dataset: Its training and validation sides are used, the test side is not.
        recipe: The settings.
        name: Of the new bundle.
        models: The folder of bundles.
        folder: Of the run, for checkpoint and log.
        weights: A file of torchvision's weights, or None.
        say: Takes one line of progress at a time.
        bar: Shows progress within a pass.

    Returns:
        The bundle's folder.

    Raises:
        TrainingRefused: The settings fit neither network nor an earlier run in `folder`.
        DatasetUnusable: A picture is gone or changed.
        CannotStore: Checkpoint or bundle cannot be written.
    """
    trained = learned(
        dataset, recipe, models=models, folder=folder, weights=weights, say=say, bar=bar
    )
    with storing("model", models / name):
        return write_trained(trained, name, models)


def learned(
    dataset: Dataset,
    recipe: Recipe,
    *,
    models: Path,
    folder: Path,
    weights: Path | None = None,
    teach: Callable[[Preprocessing], Teacher] | None = None,
    say: Say,
    bar: Bar = silent,
) -> Trained:
    """Train a network as `train` does, and write no bundle.

    Args:
        dataset: As for `train`.
        recipe: As for `train`.
        models: As for `train`.
        folder: As for `train`.
        weights: As for `train`.
        teach: Gives the teacher of a network with this preprocessing; without one, it learns from
            the labels alone.
        say: As for `train`.
        bar: As for `train`.

    Raises:
        TrainingRefused: As for `train`, or the teacher cannot teach this network.
        DatasetUnusable: A picture is gone or changed.
        CannotStore: The checkpoint cannot be written.
    """
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    if recipe.device == "cuda" and not torch.cuda.is_available():
        raise TrainingRefused("There is no CUDA device here: train with --device cpu.")
    if recipe.adversarial and not recipe.epochs:
        raise TrainingRefused("--adversarial trains the whole network: ask for --epochs, too.")
    start = initial(recipe.start, len(dataset.labels), models, weights, size=recipe.size, say=say)
    run = Run(folder, recipe, dataset.version)
    preprocessing = start.pipeline.preprocessing
    teacher = teach(preprocessing) if teach else None
    with Decoders(target=preprocessing.size) as decoders:
        pictures = Pictures(preprocessing, dataset.labels, recipe.seed, decoders)
        trainer = Trainer(dataset, recipe, start, pictures, run, teacher, say, bar)
        trainer.train()
    return trainer.result()
