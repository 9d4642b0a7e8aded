"""A small stand-in task, its data set, and a model trained on it."""

import shutil

import pytest

from model.bundle import DEFAULT_BUNDLE, Bundle, open_bundle
from model.install import CACHE
from model.training.dataset.build import build
from model.training.dataset.manifest import Dataset
from model.training.recipe import Recipe
from model.training.train import train
from standin.task import make
from support.models import Installer


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Some 150 pictures."""
    folder = tmp_path_factory.mktemp("standin")
    make(folder / "pictures", 160, edge=64)
    return build([folder / "pictures"], folder / "set")


@pytest.fixture(scope="session")
def trained(
    dataset: Dataset, installed: Installer, tmp_path_factory: pytest.TempPathFactory
) -> Bundle:
    """A new head on the default model's features, in a folder of bundles of its own."""
    home = tmp_path_factory.mktemp("home")
    published = installed(DEFAULT_BUNDLE).folder.parent
    shutil.copytree(published / CACHE, home / "models" / CACHE)
    recipe = Recipe(start=DEFAULT_BUNDLE, epochs=0, size=96, threads=1)
    train(
        dataset,
        recipe,
        name="standin",
        models=home / "models",
        folder=home / "runs" / "standin",
        say=print,
    )
    return open_bundle(home / "models", "standin")
