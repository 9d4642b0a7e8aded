"""What was trained, as a bundle like any other."""

import hashlib
import io
import multiprocessing
import re
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

import torch

from model.bundle import WEIGHTS, write_bundle
from model.card import Artefact, Card, Compression, Input, Licence, Training
from model.errors import TrainingRefused
from model.export import Export, built
from model.files import replacing_folder
from model.networks.pooled import Pooled
from model.sources.catalogue import DESCRIPTIONS
from model.training.dataset.manifest import Dataset
from model.training.initialisation import Initial, calibrate, read_weights
from model.training.networks import NETWORKS, blank, sized
from model.training.recipe import Recipe

NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
TORCHVISION_LICENCE: Final = Licence(
    spdx="BSD-3-Clause",
    chain=("torchvision's architecture: BSD-3-Clause", "Weights: trained by the operator"),
    text="See https://github.com/pytorch/vision/blob/main/LICENSE for the architecture's code.",
)


@dataclass(frozen=True)
class Trained:
    """A trained network and how it came to be."""

    network: Pooled
    start: Initial
    recipe: Recipe
    dataset: Dataset
    figures: dict[str, float]


def check_name(name: str) -> None:
    """Raise TrainingRefused for a name that a new bundle cannot have."""
    if not NAME.fullmatch(name):
        raise TrainingRefused(f"{name!r} is no name for a model: use a-z, 0-9, dots and hyphens.")
    if name in DESCRIPTIONS:
        raise TrainingRefused(f"{name} is the name of a published model: choose another --name.")


def write_trained(
    trained: Trained, name: str, models: Path, compression: Compression | None = None
) -> Path:
    """Export a network and write its bundle; return the bundle's folder."""
    training = Training(
        network=trained.start.network,
        initialisation=trained.start.described,
        dataset=trained.dataset.version,
        recipe=trained.recipe.model_dump(),
        input_size=trained.start.pipeline.preprocessing.size,
        figures=trained.figures,
    )
    weights = io.BytesIO()
    torch.save(trained.network.state_dict(), weights)
    parameters = sum(each.numel() for each in trained.network.parameters())
    return write_version(
        name,
        models,
        training=training,
        labels=trained.dataset.labels,
        weights=weights.getvalue(),
        parameters=parameters,
        compression=compression,
    )


def write_version(
    name: str,
    models: Path,
    *,
    training: Training,
    labels: tuple[str, ...],
    weights: bytes,
    parameters: int,
    compression: Compression | None = None,
) -> Path:
    """Write a bundle from a file of weights, replacing one of that name as a whole."""
    about = _input(training)
    export = _exported(training, len(labels), weights, about.size)
    artefacts = {**export.artefacts, WEIGHTS: weights}
    card = Card(
        name=name,
        title=f"{name} ({NETWORKS[training.network].title}, trained here)",
        package=None,
        members={},
        licence=_licence(training.network),
        architecture=NETWORKS[training.network].title,
        parameters=parameters,
        labels=labels,
        input=about,
        published_figures=(),
        verified=("TorchScript, bfloat16 and torch.export graphs come from the same weights.",),
        not_verified=("How well it does on uploads to Commons.",),
        caveats=("It knows no pictures but those of its data set, and their labels' errors.",),
        training=training,
        compression=compression,
        built_with={"torch": version("torch")},
        reference=export.reference,
        artefacts={
            file: Artefact(size=len(content), sha256=hashlib.sha256(content).hexdigest())
            for file, content in artefacts.items()
        },
    )
    with replacing_folder(models / name) as new:
        write_bundle(new, card, artefacts)
    return models / name


def _exported(training: Training, labels: int, weights: bytes, size: int) -> Export:
    """Export in a process of its own, for the reasons in `model.export.export`."""
    fresh = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, WEIGHTS)
        path.write_bytes(weights)
        with ProcessPoolExecutor(max_workers=1, mp_context=fresh) as pool:
            threads = torch.get_num_threads()
            return pool.submit(_export, training, labels, path, size, threads).result()


def _export(training: Training, labels: int, weights: Path, size: int, threads: int) -> Export:
    torch.set_num_threads(threads)
    pipeline = blank(training.network, labels, size)
    pipeline.network.load_state_dict(read_weights(weights))
    calibrate(pipeline, training)
    return built(pipeline.eval(), size)


def _input(training: Training) -> Input:
    network, size = training.network, training.input_size
    if network in DESCRIPTIONS and size in {None, DESCRIPTIONS[network].input.size}:
        return DESCRIPTIONS[network].input
    preprocessing = sized(NETWORKS[network].preprocessing(), size)
    kind = type(preprocessing).__name__.lower()
    return Input(
        size=preprocessing.size,
        preprocessing=f"{kind}-{preprocessing.size}-1",
        description=(
            f"uint8 RGB of any size, resized to {preprocessing.size} x {preprocessing.size} "
            f"bilinear with antialiasing, {kind} as the network's weights expect"
        ),
    )


def _licence(network: str) -> Licence:
    if network not in DESCRIPTIONS:
        return TORCHVISION_LICENCE
    licence = DESCRIPTIONS[network].licence
    return licence.model_copy(update={"chain": (*licence.chain, "Trained further by the operator")})
