"""The installed default model, for tests marked `model`."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.home import models_folder
from model.bundle import DEFAULT_BUNDLE, Bundle, open_bundle
from model.classifier import Classifier
from model.errors import SourceUnavailable
from model.install import install

Installer = Callable[[str], Bundle]


@pytest.fixture(scope="session")
def models() -> Path:
    """The folder of bundles, kept between runs."""
    return models_folder()


@pytest.fixture(scope="session")
def installed(models: Path) -> Installer:
    """Installs a bundle by name; without a registry skips, except where CI is set."""

    def open_installed(name: str) -> Bundle:
        try:
            install(name, models, say=print)
        except SourceUnavailable as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(str(error))
        return open_bundle(models, name)

    return open_installed


@pytest.fixture(scope="session")
def bundle(installed: Installer) -> Bundle:
    """The default bundle."""
    return installed(DEFAULT_BUNDLE)


@pytest.fixture(scope="session")
def classifier(bundle: Bundle) -> Classifier:
    """The default bundle, loaded on one thread."""
    return Classifier(bundle)
