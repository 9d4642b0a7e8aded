"""One temperature, fitted on validation pictures and stored inside the bundle."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from model.bundle import WEIGHTS, open_bundle
from model.errors import DatasetUnusable, TrainingRefused
from model.files import storing
from model.training.dataset.manifest import Dataset
from model.training.decoding import Decoders
from model.training.evaluation.metrics import calibration_error
from model.training.initialisation import rebuilt
from model.training.pictures import Batch, Pictures
from model.training.trained import write_version

BATCH: Final = 16
HALVINGS: Final = 60
COLDEST, HOTTEST = 0.01, 100.0

Floats = NDArray[np.float64]
Bar = Callable[[Iterable[Batch], int, str], Iterable[Batch]]


class Calibration(NamedTuple):
    """What was fitted, and the expected calibration error on the same pictures without and with."""

    temperature: float
    before: float
    after: float


def calibrate(models: Path, name: str, dataset: Dataset, *, bar: Bar) -> Calibration:
    """Fit a bundle's temperature on the validation side and write its next version.

    The weights stay as they are, and so does which label is the most probable. The graph's hash
    changes, so that scores of both versions are kept apart.

    Raises:
        TrainingRefused: The bundle was not trained here.
        DatasetUnusable: The data set has other labels.
        CannotStore: The bundle cannot be written.
    """
    logits, truth = _logits(models, name, dataset, bar)
    bundle = open_bundle(models, name)
    card, training = bundle.card, bundle.card.training
    if training is None:
        raise TrainingRefused(f"{name} was not trained here.")
    temperature = fit_temperature(logits, truth)
    found = Calibration(
        temperature,
        calibration_error(softmax(logits / training.temperature), truth),
        calibration_error(softmax(logits / temperature), truth),
    )
    figures = {**training.figures, "ECE": found.after}
    updated = training.model_copy(update={"temperature": temperature, "figures": figures})
    with storing("model", bundle.folder):
        write_version(
            name,
            models,
            training=updated,
            labels=card.labels,
            weights=bundle.artefact(WEIGHTS).read_bytes(),
            parameters=card.parameters,
        )
    return found


def fit_temperature(logits: Floats, truth: NDArray[np.int64]) -> float:
    """Return the temperature of least cross-entropy, in 0.01..100.

    The loss is convex in the inverse temperature, so that halving an interval on the sign of its
    slope finds it. Method: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.

    Args:
        logits: (N, labels).
        truth: Number of each picture's label, (N,).
    """
    low, high = 1 / HOTTEST, 1 / COLDEST
    true_logits = logits[np.arange(len(truth)), truth]
    for _ in range(HALVINGS):
        inverse = (low + high) / 2
        expected = (softmax(logits * inverse) * logits).sum(axis=1)
        rising = (expected - true_logits).mean() > 0
        low, high = (low, inverse) if rising else (inverse, high)
    return 2 / (low + high)


def softmax(logits: Floats) -> Floats:
    """Return probabilities (N, labels)."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


@torch.no_grad()
def _logits(
    models: Path, name: str, dataset: Dataset, bar: Bar
) -> tuple[Floats, NDArray[np.int64]]:
    pipeline, _ = rebuilt(name, models)
    labels = open_bundle(models, name).card.labels
    if dataset.labels != labels:
        raise DatasetUnusable(
            f"{name} knows the labels {', '.join(labels)}, and the data set has "
            f"{', '.join(dataset.labels)}: calibrate with a data set of its labels."
        )
    network, entries = pipeline.network.eval(), dataset.side("validation")
    with Decoders(target=pipeline.preprocessing.size) as decoders:
        pictures = Pictures(pipeline.preprocessing, labels, 0, decoders)
        batches = bar(pictures.batches(entries, BATCH), -(-len(entries) // BATCH), "calibrating")
        found = [network(inputs).numpy() for inputs, _ in batches]
        truth = pictures.targets(entries).numpy()
    return np.concatenate(found).astype(np.float64), truth
