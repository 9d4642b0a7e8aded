"""Two models as one, in the child process that the bot uses."""

from pathlib import Path

import numpy as np
import pytest

from model.bundle import DEFAULT_BUNDLE
from model.isolated_classifier import IsolatedClassifier, Second
from support.models import Installer

pytestmark = pytest.mark.model

OPEN_NSFW = "open-nsfw"
GREY = np.full((300, 300, 3), 128, dtype=np.uint8)


def second(low: float, high: float) -> Second:
    """Return open_nsfw as the second model, asked from `low` to below `high`."""
    return Second(OPEN_NSFW, ("porn", "hentai"), ("nsfw",), low, high)


def test_in_the_band_both_models_answer(models: Path, installed: Installer) -> None:
    installed(DEFAULT_BUNDLE)
    installed(OPEN_NSFW)
    with IsolatedClassifier(models, DEFAULT_BUNDLE, second=second(0, 1)) as classifier:
        (scores,) = classifier.classify([GREY])
        assert set(scores) == set(classifier.labels)
        assert scores["open-nsfw/nsfw"] + scores["open-nsfw/sfw"] == pytest.approx(1, abs=1e-3)


def test_outside_the_band_only_the_first_answers(models: Path, installed: Installer) -> None:
    installed(DEFAULT_BUNDLE)
    installed(OPEN_NSFW)
    with (
        IsolatedClassifier(models, DEFAULT_BUNDLE) as alone,
        IsolatedClassifier(models, DEFAULT_BUNDLE, second=second(0.99, 1)) as both,
    ):
        assert both.classify([GREY]) == alone.classify([GREY])
        assert both.version.startswith(f"{alone.version}+{OPEN_NSFW}/")
        assert both.version.endswith("@0.99-1")
