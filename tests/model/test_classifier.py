"""The default model, installed: does it answer as its original does, and is it stable?"""

import itertools
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
import torch

from model.bundle import EXPORTED, TORCHSCRIPT, TORCHSCRIPT_BFLOAT16, Bundle
from model.classifier import Classifier
from model.errors import BundleCorrupt
from model.exported import load_program
from model.golden_pictures import golden_pictures
from model.golden_vectors import TOLERANCE, golden_vectors, largest_difference
from model.sources.catalogue import DESCRIPTIONS

pytestmark = pytest.mark.model


def difference_between(one: Classifier, other: Classifier) -> float:
    pictures = list(golden_pictures(300).values())
    pairs = zip(one.classify(pictures), other.classify(pictures), strict=True)
    return max(abs(a[label] - b[label]) for a, b in pairs for label in a)


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


def test_the_version_names_model_weights_preprocessing_and_precision(bundle: Bundle) -> None:
    weights = bundle.card.artefacts[TORCHSCRIPT].sha256[:12]
    version = Classifier(bundle, precision="fp32").provenance.version
    assert version == f"nsfwjs-mobilenet-v2-mid/{weights}/p1/fp32"


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_bfloat16_stays_within_the_cards_bound(
    installed: Callable[[str], Bundle], name: str
) -> None:
    bundle = installed(name)
    half = Classifier(bundle, precision="bf16")
    assert half.provenance.precision == "bf16"
    assert half.provenance.weights == bundle.card.artefacts[TORCHSCRIPT_BFLOAT16].sha256
    difference = difference_between(half, Classifier(bundle, precision="fp32"))
    assert 0 < difference <= bundle.card.reference.bound


def test_bfloat16_that_drifts_is_refused_by_name_and_passed_over_by_itself(
    bundle: Bundle,
) -> None:
    reference = bundle.card.reference.model_copy(update={"bound": 0.0})
    strict = Bundle(bundle.folder, bundle.card.model_copy(update={"reference": reference}))
    assert Classifier(strict, precision="auto").provenance.precision == "fp32"
    with pytest.raises(BundleCorrupt, match="use fp32"):
        Classifier(strict, precision="bf16")


def test_a_processor_without_bfloat16_computes_in_float32(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: {"avx2": True})
    assert Classifier(bundle).provenance.precision == "fp32"


@pytest.mark.parametrize(("half_s", "chosen"), [(0.5, "bf16"), (0.9, "fp32"), (1.4, "fp32")])
def test_bfloat16_is_chosen_where_it_is_faster(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch, half_s: float, chosen: str
) -> None:
    seconds = itertools.cycle([half_s, 1.0])  # bfloat16 and float32 take turns
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: {"avx512_bf16": True})
    monkeypatch.setattr("model.precision._processor_seconds", lambda *_: next(seconds))
    assert Classifier(bundle).provenance.precision == chosen


@pytest.mark.parametrize("fused", [True, False])
def test_pictures_scored_in_batches_score_as_they_do_alone(bundle: Bundle, *, fused: bool) -> None:
    alone = Classifier(bundle, precision="fp32", fused=fused)
    batched = Classifier(bundle, precision="fp32", fused=fused, batch=3)
    assert difference_between(alone, batched) < 1e-5


def test_unfused_float32_gives_the_same_bits_in_another_process(bundle: Bundle) -> None:
    program = (
        "import sys; from pathlib import Path; from model.bundle import open_bundle\n"
        "from model.classifier import Classifier\n"
        "from model.golden_pictures import golden_pictures\n"
        "bundle = open_bundle(Path(sys.argv[1]), sys.argv[2])\n"
        "classifier = Classifier(bundle, precision='fp32', fused=False)\n"
        "print(classifier.classify(list(golden_pictures(300).values())))\n"
    )
    command = [sys.executable, "-c", program, str(bundle.folder.parent), bundle.name]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    here = Classifier(bundle, precision="fp32", fused=False)
    assert answer.strip() == str(here.classify(list(golden_pictures(300).values())))


def test_the_exported_program_agrees_with_torchscript(bundle: Bundle) -> None:
    pictures = list(golden_pictures(90).values())
    scores = Classifier(bundle, precision="fp32").classify(pictures)
    program = load_program(bundle.artefact(EXPORTED))
    answer = program(torch.from_numpy(np.stack(pictures))).numpy()
    np.testing.assert_allclose(answer, [list(score.values()) for score in scores], atol=1e-5)


def test_an_explanation_points_at_the_side_that_looks_drawn(bundle: Bundle) -> None:
    picture = golden_pictures(448)["coffee"].copy()
    picture[:, :224] = golden_pictures(448)["chelsea"][:, 112:336]
    shares = Classifier(bundle).explain(picture, "drawing")
    assert shares.shape == (7, 7)
    assert shares[:, :3].mean() > shares[:, 4:].mean()


def test_a_crafted_grid_of_pixels_cannot_hide_a_picture(classifier: Classifier) -> None:
    """The image-scaling attack that replaces what a resize without antialiasing would see."""
    cover = golden_pictures(2008)["coffee"].copy()
    hidden = golden_pictures(224)["chelsea"]
    positions = np.round(np.linspace(0, 2007, 224)).astype(int)
    cover[np.ix_(positions, positions)] = hidden
    attacked, clean = classifier.classify([cover, golden_pictures(2008)["coffee"]])
    assert attacked["neutral"] == pytest.approx(clean["neutral"], abs=0.02)
