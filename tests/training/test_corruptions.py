"""Damage and disguise: the same for the same seed, worse with severity, of the published size."""

import numpy as np
import pytest
from skimage.metrics import structural_similarity

from model.golden_pictures import Pixels, golden_pictures
from model.robustness.corruptions.digital import jpeg
from model.robustness.corruptions.registry import CORRUPTIONS, SEVERITIES
from model.robustness.obfuscations import OBFUSCATIONS
from model.robustness.scaling import FACTOR, carelessly_reduced, covered

CAT = golden_pictures(224)["chelsea"]
COFFEE = golden_pictures(224)["coffee"]


def likeness(pixels: Pixels) -> float:
    return float(structural_similarity(CAT, pixels, channel_axis=2))  # type: ignore[no-untyped-call]


def test_there_are_fifteen() -> None:
    assert len(CORRUPTIONS) == 15


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_is_worse_with_severity_and_repeats_with_its_seed(name: str) -> None:
    corrupt = CORRUPTIONS[name]
    results = [corrupt(CAT, severity, np.random.default_rng(8)) for severity in SEVERITIES]
    again = corrupt(CAT, 3, np.random.default_rng(8))
    assert np.array_equal(again, results[2])
    assert all(each.shape == CAT.shape and each.dtype == np.uint8 for each in results)
    assert likeness(results[0]) < 1
    # Severities of the elastic transform are of two kinds, see the parameters.
    if name != "elastic transform":
        assert likeness(results[-1]) < likeness(results[0])


def test_the_noise_has_the_published_size() -> None:
    grey = np.full((224, 224, 3), 128, np.uint8)
    for severity, spread in enumerate((0.08, 0.12, 0.18), start=1):
        noisy = CORRUPTIONS["Gaussian noise"](grey, severity, np.random.default_rng(8))
        assert np.std(noisy / 255.0) == pytest.approx(spread, rel=0.03)
    hit = CORRUPTIONS["impulse noise"](grey, 5, np.random.default_rng(8)) != grey
    assert hit.mean() == pytest.approx(0.27, abs=0.01)
    brighter = CORRUPTIONS["brightness"](grey, 2, np.random.default_rng(8))
    assert np.abs(brighter.astype(int) - (128 + 51)).max() <= 1


@pytest.mark.parametrize("name", CORRUPTIONS)
@pytest.mark.parametrize("edge", [96, 299])
def test_a_corruption_works_at_other_sizes(name: str, edge: int) -> None:
    picture = golden_pictures(edge)["coffee"]
    assert CORRUPTIONS[name](picture, 5, np.random.default_rng(8)).shape == picture.shape


@pytest.mark.parametrize("name", OBFUSCATIONS)
def test_an_obfuscation_changes_the_picture_and_not_its_argument(name: str) -> None:
    before = CAT.copy()
    changed = OBFUSCATIONS[name](CAT)
    assert changed.shape == CAT.shape
    assert changed.dtype == np.uint8
    assert not np.array_equal(changed, CAT)
    assert np.array_equal(before, CAT)


def test_what_is_over_the_middle_leaves_the_rest() -> None:
    changed = OBFUSCATIONS["blur over the middle"](CAT)
    assert np.array_equal(changed[:50], CAT[:50])
    assert not np.array_equal(changed[90:130, 90:130], CAT[90:130, 90:130])
    assert np.array_equal(OBFUSCATIONS["JPEG at quality 10"](CAT), jpeg(CAT, 10))


def test_a_careless_resize_sees_the_hidden_picture_alone() -> None:
    large = covered(COFFEE, CAT)
    assert large.shape == (224 * FACTOR, 224 * FACTOR, 3)
    assert np.array_equal(carelessly_reduced(large), COFFEE)
    mean = large.reshape(224, FACTOR, 224, FACTOR, 3).mean(axis=(1, 3))
    assert np.abs(mean - CAT).mean() < 4
