"""The default model, installed: does it answer as its original does, and is it stable?"""

from collections.abc import Callable

import numpy as np
import pytest

from model.bundle import TORCHSCRIPT, Bundle
from model.classifier import Classifier
from model.golden_pictures import golden_pictures
from model.golden_vectors import TOLERANCE, golden_vectors, largest_difference
from model.sources.catalogue import DESCRIPTIONS

pytestmark = pytest.mark.model


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_scores_equal_the_original_runtimes(installed: Callable[[str], Bundle], name: str) -> None:
    assert largest_difference(installed(name)) <= TOLERANCE


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_the_card_counts_the_parameters_right(
    installed: Callable[[str], Bundle], name: str
) -> None:
    size = installed(name).card.artefacts[TORCHSCRIPT].size
    assert size == pytest.approx(4 * DESCRIPTIONS[name].parameters, rel=0.02)


def test_the_golden_scores_are_not_all_alike(bundle: Bundle) -> None:
    scores = np.array(list(golden_vectors(bundle.name).scores.values()))
    assert np.ptp(scores[:, 0]) > 0.5


def test_probabilities_are_named_and_sum_to_one(classifier: Classifier) -> None:
    (answer,) = classifier.classify([golden_pictures(100)["coffee"]])
    assert tuple(answer) == ("drawing", "hentai", "neutral", "porn", "sexy")
    assert sum(answer.values()) == pytest.approx(1, abs=1e-6)
    assert answer["neutral"] > 0.9


def test_pictures_of_any_size_and_order_are_scored_alone(classifier: Classifier) -> None:
    pictures = [golden_pictures(size)["chelsea"] for size in (224, 640, 33)]
    pictures.append(np.zeros((1, 900, 3), dtype=np.uint8))
    together = classifier.classify(pictures)
    backwards = classifier.classify(pictures[::-1])[::-1]
    alone = [classifier.classify([picture])[0] for picture in pictures]
    assert together == backwards == alone


def test_a_picture_that_is_a_strided_view_is_scored_like_its_copy(classifier: Classifier) -> None:
    picture = golden_pictures(448)["astronaut"]
    view = picture[::2, ::-1]
    assert classifier.classify([view]) == classifier.classify([view.copy()])


def test_a_read_only_picture_is_scored(classifier: Classifier) -> None:
    picture = golden_pictures(100)["coffee"]
    picture.flags.writeable = False
    assert classifier.classify([picture])[0]["neutral"] > 0.9


def test_nothing_to_score_gives_nothing(classifier: Classifier) -> None:
    assert classifier.classify([]) == []


def test_the_version_names_model_weights_preprocessing_and_precision(
    bundle: Bundle, classifier: Classifier
) -> None:
    weights = bundle.card.artefacts[TORCHSCRIPT].sha256[:12]
    assert classifier.provenance.version == f"nsfwjs-mobilenet-v2-mid/{weights}/p1/fp32"


def test_a_crafted_grid_of_pixels_cannot_hide_a_picture(classifier: Classifier) -> None:
    """The image-scaling attack that replaces what a resize without antialiasing would see."""
    cover = golden_pictures(2008)["coffee"].copy()
    hidden = golden_pictures(224)["chelsea"]
    positions = np.round(np.linspace(0, 2007, 224)).astype(int)
    cover[np.ix_(positions, positions)] = hidden
    attacked, clean = classifier.classify([cover, golden_pictures(2008)["coffee"]])
    assert attacked["neutral"] == pytest.approx(clean["neutral"], abs=0.05)
