"""What makes a model's probabilities mean what they say: fitted, measured, stored in the bundle.

One half of the pictures is fitted on, and the other half tells what it brought.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from model.bundle import WEIGHTS, open_bundle
from model.card import Training
from model.errors import DatasetUnusable, TrainingRefused
from model.files import storing
from model.networks.pipeline import Pipeline
from model.training.dataset.entry import Entry, Split
from model.training.dataset.manifest import Dataset
from model.training.decoding import Decoders
from model.training.evaluation.metrics import calibration_error
from model.training.fitting import fit_isotonic, fit_temperature, fit_vector
from model.training.initialisation import calibrate as restore
from model.training.initialisation import rebuilt
from model.training.pictures import Batch, Pictures
from model.training.trained import write_version

BATCH: Final = 16
FEWEST: Final = 10
"""Pictures in either half, below which nothing can be said."""

Method = Literal["temperature", "vector", "isotonic"]
Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Bar = Callable[[Iterable[Batch], int, str], Iterable[Batch]]


class Calibration(NamedTuple):
    """What was fitted, and what it brought on pictures that it was not fitted on.

    Attributes:
        described: The method and on what it was fitted, as the card tells it.
        before: Expected calibration error of the model as it was.
        after: And as it is now.
        measured: Pictures that both were measured on.
    """

    described: str
    before: float
    after: float
    measured: int


class _Half(NamedTuple):
    logits: Floats
    truth: Numbers
    weights: Floats


def calibrate(
    models: Path,
    name: str,
    dataset: Dataset,
    *,
    bar: Bar,
    method: Method = "temperature",
    side: Split | None = "validation",
) -> Calibration:
    """Fit a bundle's calibration on one half of a data set's side and write its next version.

    Each picture counts for as many as its weight says, so that a set of people's decisions, of
    which most are about suggestions, counts as all uploads do. The weights of the network stay as
    they are. The graph's hash changes, so that scores of both versions are kept apart.

    Args:
        models: The folder of bundles.
        name: A bundle that was trained here.
        dataset: Has the bundle's labels.
        bar: Shows progress.
        method: One temperature, which changes no decision, a scale and shift for each label, or a
            rising line for each label.
        side: None for all pictures, of a set that the model was not trained on.

    Raises:
        TrainingRefused: The bundle was not trained here, or on these very pictures.
        DatasetUnusable: The data set has other labels, or too few pictures.
        CannotStore: The bundle cannot be written.
    """
    pipeline, _ = rebuilt(name, models)
    bundle = open_bundle(models, name)
    card, training = bundle.card, bundle.card.training
    if training is None:
        raise TrainingRefused(f"{name} was not trained here.")
    entries = _entries(dataset, training, card.labels, side, name)
    logits, truth = _logits(pipeline, card.labels, entries, bar)
    weights = np.array([entry.weight for entry in entries])
    fitted, held = _halves(entries, _Half(logits, truth, weights))
    updated = _fitted(training, method, fitted, dataset.version)
    before = _error(pipeline, held)
    restore(pipeline, updated)
    found = Calibration(updated.calibrated, before, _error(pipeline, held), len(held.truth))
    figures = {**training.figures, "ECE before": found.before, "ECE": found.after}
    with storing("model", bundle.folder):
        write_version(
            name,
            models,
            training=updated.model_copy(update={"figures": figures}),
            labels=card.labels,
            weights=bundle.artefact(WEIGHTS).read_bytes(),
            parameters=card.parameters,
        )
    return found


def effective(weights: Floats) -> float:
    """Return how many pictures of equal weight would tell as much (Kish, Survey Sampling, 1965)."""
    return float(weights.sum() ** 2 / np.square(weights).sum())


def _entries(
    dataset: Dataset, training: Training, labels: Sequence[str], side: Split | None, name: str
) -> Sequence[Entry]:
    if dataset.labels != tuple(labels):
        raise DatasetUnusable(
            f"{name} knows the labels {', '.join(labels)}, and the data set has "
            f"{', '.join(dataset.labels)}: calibrate with a data set of its labels."
        )
    if side in {None, "train"} and dataset.version == training.dataset:
        raise TrainingRefused(
            f"{name} was trained on pictures of this data set and is too sure of them: calibrate "
            "with --side validation."
        )
    return dataset.entries if side is None else dataset.side(side)


def _halves(entries: Sequence[Entry], whole: _Half) -> tuple[_Half, _Half]:
    """Split in two by group, so that neither half has pictures like the other's."""
    first = np.array([int(entry.group, 16) % 2 == 0 for entry in entries], dtype=bool)
    if min(first.sum(), (~first).sum()) < FEWEST:
        raise DatasetUnusable(
            f"{len(entries)} pictures are too few to calibrate with: one half is fitted on, the "
            f"other measured on, and each needs {FEWEST}."
        )
    return _Half(*(part[first] for part in whole)), _Half(*(part[~first] for part in whole))


def _fitted(training: Training, method: Method, half: _Half, dataset: str) -> Training:
    described = f"{method}, fitted on {len(half.truth)} pictures of data set {dataset}"
    if not np.allclose(half.weights, half.weights[0]):
        described += (
            f", which stand for {half.weights.sum():.0f} (inverse-probability weights, effective "
            f"sample {effective(half.weights):.0f})"
        )
    plain = {"temperature": 1.0, "calibration": None, "calibrated": described}
    if method == "temperature":
        return training.model_copy(update={**plain, "temperature": fit_temperature(*half)})
    fit = fit_vector if method == "vector" else fit_isotonic
    return training.model_copy(update={**plain, "calibration": fit(*half)})


@torch.no_grad()
def _error(pipeline: Pipeline, half: _Half) -> float:
    probabilities = pipeline.probabilities(torch.from_numpy(half.logits).float())
    return calibration_error(probabilities.double().numpy(), half.truth, half.weights)


@torch.no_grad()
def _logits(
    pipeline: Pipeline, labels: Sequence[str], entries: Sequence[Entry], bar: Bar
) -> tuple[Floats, Numbers]:
    network = pipeline.network.eval()
    with Decoders(target=pipeline.preprocessing.size) as decoders:
        pictures = Pictures(pipeline.preprocessing, labels, 0, decoders)
        batches = bar(pictures.batches(entries, BATCH), -(-len(entries) // BATCH), "calibrating")
        found = [network(inputs).numpy() for inputs, _ in batches]
        truth = pictures.targets(entries).numpy()
    return np.concatenate(found).astype(np.float64), truth
