"""Calibration: what is fitted, against scikit-learn, and what a bundle's graphs make of it."""

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from torch import Tensor, nn

from bot.cli import main
from model.bundle import EXPORTED, TORCHSCRIPT, TORCHSCRIPT_BFLOAT16, Bundle, open_bundle
from model.card import IsotonicMap, Training, VectorScaling
from model.card_text import card_as_markdown
from model.errors import DatasetUnusable, TrainingRefused
from model.networks.calibration import calibration
from model.torchscript import load
from model.training.calibrate import Method, calibrate
from model.training.dataset.manifest import Dataset
from model.training.evaluation.metrics import calibration_error
from model.training.fitting import (
    fit_isotonic,
    fit_temperature,
    fit_vector,
    pool_adjacent_violators,
    softmax,
)
from model.training.initialisation import rebuilt

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
PICTURES = 6000
TOO_SURE = 3.0


def drawn(probabilities: Floats, seed: int = 8) -> Numbers:
    """Draw labels as the probabilities say."""
    draws = np.random.default_rng(seed).random(len(probabilities))
    truth: Numbers = (probabilities.cumsum(axis=1) < draws[:, None]).sum(axis=1)
    return truth.clip(max=probabilities.shape[1] - 1)


@pytest.fixture(scope="module")
def honest() -> Floats:
    """Logits whose softmax is what is true."""
    logits: Floats = np.random.default_rng(8).normal(size=(PICTURES, 3)) * 2
    return logits


def module_of(fitted: VectorScaling | IsotonicMap) -> Callable[[Floats], Floats]:
    def apply(logits: Floats) -> Floats:
        found: Floats = calibration(fitted)(torch.from_numpy(logits).float()).double().numpy()
        return found

    return apply


def methods(logits: Floats, truth: Numbers) -> dict[str, Callable[[Floats], Floats]]:
    temperature = fit_temperature(logits, truth)
    return {
        "temperature": lambda given: softmax(given / temperature),
        "vector": module_of(fit_vector(logits, truth)),
        "isotonic": module_of(fit_isotonic(logits, truth)),
    }


@pytest.mark.parametrize("method", ["temperature", "vector", "isotonic"])
def test_the_error_is_halved_on_pictures_that_were_not_fitted_on(
    method: str, honest: Floats
) -> None:
    truth, logits = drawn(softmax(honest)), honest * TOO_SURE
    fitted, held = slice(None, PICTURES // 2), slice(PICTURES // 2, None)
    apply = methods(logits[fitted], truth[fitted])[method]
    before = calibration_error(softmax(logits[held]), truth[held])
    after = calibration_error(apply(logits[held]), truth[held])
    assert after < before / 2
    assert apply(logits).sum(axis=1) == pytest.approx(1)


def test_the_temperature_and_the_shift_are_found(honest: Floats) -> None:
    truth = drawn(softmax(np.add(honest, [0, 1, -1])))
    assert fit_temperature(honest * TOO_SURE, drawn(softmax(honest))) == pytest.approx(
        TOO_SURE, rel=0.1
    )
    found = fit_vector(honest, truth)
    assert np.subtract(found.shift, found.shift[0]) == pytest.approx([0, 1, -1], abs=0.15)


def test_the_rising_fit_is_scikit_learns() -> None:
    random = np.random.default_rng(8)
    targets, weights = random.random(300) + np.linspace(0, 1, 300), random.random(300) + 0.1
    found = np.empty(300)
    for block in pool_adjacent_violators(targets, weights):
        found[slice(*block)] = np.average(targets[slice(*block)], weights=weights[slice(*block)])
    expected = IsotonicRegression().fit_transform(np.arange(300), targets, sample_weight=weights)
    assert found == pytest.approx(expected)


def test_weights_undo_the_bias_of_asking_about_suggestions_alone(honest: Floats) -> None:
    """Of confident pictures all are known, of the others a tenth, each weighing ten."""
    logits = honest[:, :2] + [1.5, 0]
    truth = drawn(softmax(honest[:, :2]))  # label 0 is rarer than the model says
    suggested = softmax(logits)[:, 0] > 0.8
    known = suggested | (np.random.default_rng(9).random(PICTURES) < 0.1)
    weights = np.where(suggested, 1.0, 10.0)[known]
    plain = fit_temperature(logits[known], truth[known])
    corrected = fit_temperature(logits[known], truth[known], weights)
    everything = fit_temperature(logits, truth)
    assert abs(corrected - everything) < abs(plain - everything) / 2
    weighted = calibration_error(softmax(logits[known]), truth[known], weights)
    whole = calibration_error(softmax(logits), truth)
    biased = calibration_error(softmax(logits[known]), truth[known])
    assert abs(weighted - whole) < abs(biased - whole) / 2


@pytest.mark.parametrize("fit", [fit_vector, fit_isotonic])
def test_both_kinds_of_graph_calibrate_alike(
    fit: Callable[[Floats, Numbers], VectorScaling | IsotonicMap], honest: Floats
) -> None:
    module = calibration(fit(honest * TOO_SURE, drawn(softmax(honest))))
    logits = torch.from_numpy(honest).float()
    expected = module(logits)
    shapes = ({0: torch.export.Dim("batch", min=1, max=9999)},)
    program = torch.export.export(module, (logits[:2],), dynamic_shapes=shapes)
    assert torch.equal(program.module()(logits), expected)
    assert torch.allclose(through_torchscript(module, logits), expected)


def through_torchscript(module: nn.Module, logits: Tensor) -> Tensor:
    with pytest.deprecated_call():
        traced = torch.jit.trace(module.eval(), logits[:2])  # type: ignore[no-untyped-call]
        archive = io.BytesIO()
        torch.jit.save(traced, archive)
        archive.seek(0)
        found: Tensor = torch.jit.load(archive)(logits)  # type: ignore[no-untyped-call]
    return found


@pytest.fixture
def own(trained: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the trained bundle in a folder of its own."""
    shutil.copytree(trained.folder, tmp_path / "models" / "standin")
    monkeypatch.setenv("LOOKOUT_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


def decided(dataset: Dataset) -> Dataset:
    """The pictures as if photographs were known from an audit sample."""
    weights = {"drawing": 1.0, "photograph": 25.0}
    entries = [
        entry.model_copy(update={"weight": weights[entry.label]}) for entry in dataset.entries
    ]
    return Dataset(tuple(entries))


@pytest.mark.model
def test_the_bundles_next_version_calibrates_in_every_graph(
    own: Path,
    trained: Bundle,
    dataset: Dataset,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    decided(dataset).write(tmp_path / "set", "")
    told = [str(tmp_path / "set"), "--model", "standin", "--method", "isotonic", "--side", "all"]
    assert main(["calibrate", *told]) == 0
    assert "inverse-probability weights" in capsys.readouterr().out
    bundle = open_bundle(own, "standin")
    assert bundle.card.artefacts["weights.pt"] == trained.card.artefacts["weights.pt"]
    for graph in (TORCHSCRIPT, TORCHSCRIPT_BFLOAT16, EXPORTED):
        assert bundle.card.artefacts[graph] != trained.card.artefacts[graph]
    text = card_as_markdown(bundle.card)
    assert "Calibration: isotonic, fitted on" in text
    assert "Validation ECE before" in text
    pixels = torch.randint(0, 256, (2, 90, 120, 3), dtype=torch.uint8)
    pipeline, _ = rebuilt("standin", own)
    with torch.no_grad():
        expected = pipeline.eval()(pixels)
        assert torch.allclose(load(bundle.artefact(TORCHSCRIPT))(pixels), expected, atol=1e-4)


@pytest.mark.model
def test_each_method_is_stored_and_replaces_the_one_before(
    own: Path, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: list[Training] = []
    monkeypatch.setattr(
        "model.training.calibrate.write_version",
        lambda *_, training, **__: stored.append(training),
    )
    methods: tuple[Method, ...] = ("temperature", "vector")
    for method in methods:
        found = calibrate(
            own,
            "standin",
            decided(dataset),
            bar=lambda given, *_: given,
            method=method,
            side=None,
        )
        assert found.described.startswith(f"{method}, fitted on")
    temperature, vector = stored
    assert temperature.temperature != 1
    assert temperature.calibration is None
    assert vector.temperature == 1
    assert isinstance(vector.calibration, VectorScaling)


@pytest.mark.model
def test_what_cannot_calibrate_is_explained(own: Path, dataset: Dataset) -> None:
    few = Dataset(dataset.side("validation")[:8] + dataset.side("validation")[-8:])
    bar = lambda given, *_: given  # noqa: E731 - a bar that shows nothing
    with pytest.raises(DatasetUnusable, match="too few"):
        calibrate(own, "standin", few, bar=bar)
    with pytest.raises(TrainingRefused, match="too sure of them"):
        calibrate(own, "standin", dataset, bar=bar, side=None)
