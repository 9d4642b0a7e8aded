"""A trained model, made smaller, as a bundle of its own."""

import hashlib
import multiprocessing
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from model import torchscript
from model.bundle import TORCHSCRIPT, TORCHSCRIPT_INT8, Bundle, open_bundle, write_bundle
from model.card import Artefact, Compression
from model.compression.guard import Kept, accuracies, check, drift_of
from model.compression.int8 import Scheme, in_int8
from model.errors import DatasetUnusable
from model.files import replacing_folder, storing
from model.networks.pipeline import Pipeline
from model.training.dataset.manifest import Dataset
from model.training.decoding import Decoders
from model.training.initialisation import rebuilt
from model.training.pictures import Batch, Pictures

CALIBRATION: Final = 64
"""Training pictures that ranges are taken from."""
BATCH: Final = 8

Bar = Callable[[Iterable[Batch], int, str], Iterable[Batch]]


def quantise(
    models: Path, name: str, new: str, dataset: Dataset, scheme: Scheme, *, bar: Bar
) -> Kept:
    """Add an int8 graph to a copy of a trained bundle, if scores and answers stay.

    The copy keeps the exact graph, and chooses the int8 one each time it is loaded, where that is
    faster and still within the bound.

    Args:
        models: The folder of bundles.
        name: Of the original.
        new: Of the copy.
        dataset: Of the original's labels. Ranges come from its training side.
        scheme: See `in_int8`.
        bar: Shows progress.

    Raises:
        TrainingRefused: The original was not trained here, or the result is not good enough.
        DatasetUnusable: The data set has other labels.
        CannotStore: The bundle cannot be written.
    """
    pipeline, _ = rebuilt(name, models)
    bundle = open_bundle(models, name)
    check_labels(bundle, dataset)
    pipeline.eval()
    with Decoders(target=pipeline.preprocessing.size) as decoders:
        pictures = Pictures(pipeline.preprocessing, dataset.labels, 0, decoders)
        ranges = dataset.side("train")
        chosen = ranges[:: max(1, len(ranges) // CALIBRATION)][:CALIBRATION]
        prepared = torch.cat([inputs for inputs, _ in pictures.batches(chosen, BATCH)])
        small = in_int8(pipeline, prepared, scheme)
        entries = dataset.side("validation")
        batches = pictures.batches(entries, BATCH)
        before, after = accuracies(
            pipeline.score, small.score, bar(batches, -(-len(entries) // BATCH), "validation")
        )
    kept = Kept(drift_of(small, bundle.card.reference), before, after)
    check(name, "int8", kept, bundle.card.reference.bound)
    graph = _frozen(pipeline, prepared, scheme)
    contents = {file: bundle.artefact(file).read_bytes() for file in bundle.card.artefacts}
    contents[TORCHSCRIPT_INT8] = graph
    compression = Compression(
        method=f"int8, {scheme}",
        source=name,
        source_sha256=bundle.card.artefacts[TORCHSCRIPT].sha256,
        drift=kept.drift,
        accuracy_before=kept.before,
        accuracy_after=kept.after,
    )
    card = bundle.card.model_copy(
        update={
            "name": new,
            "title": f"{new} ({bundle.card.title}, with int8)",
            "compression": compression,
            "artefacts": {
                file: Artefact(size=len(content), sha256=hashlib.sha256(content).hexdigest())
                for file, content in contents.items()
            },
        }
    )
    with storing("model", models / new), replacing_folder(models / new) as folder:
        write_bundle(folder, card, contents)
    return kept


def check_labels(bundle: Bundle, dataset: Dataset) -> None:
    """Raise DatasetUnusable for a data set of other labels than the bundle's."""
    labels = bundle.card.labels
    if dataset.labels != labels:
        raise DatasetUnusable(
            f"{bundle.name} knows the labels {', '.join(labels)}: take a data set of these."
        )


def _frozen(pipeline: Pipeline, prepared: Tensor, scheme: Scheme) -> bytes:
    """Freeze in a process of its own, for the reasons in `model.export.export`."""
    fresh = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, "pipeline.pt")
        torch.save({"pipeline": pipeline, "prepared": prepared}, path)
        with ProcessPoolExecutor(max_workers=1, mp_context=fresh) as pool:
            return pool.submit(_freeze, path, scheme).result()


def _freeze(path: Path, scheme: Scheme) -> bytes:
    # Our own file of a moment ago, so that it may hold objects.
    saved = torch.load(path, weights_only=False)
    return torchscript.freeze(in_int8(saved["pipeline"], saved["prepared"], scheme))
