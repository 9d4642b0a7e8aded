"""The pictures that a model is tried on, at the size of its input."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from model.errors import DatasetUnusable, ImageError, WorkerDied
from model.networks.preprocessing import Preprocessing
from model.robustness.corruptions.arrays import Pixels
from model.training.dataset.entry import Entry
from model.training.dataset.manifest import MANIFEST, Dataset
from model.training.decoding import Decoders, read
from model.training.pictures import contents

Item = TypeVar("Item")

TRIES: Final = 4
"""Files that are looked at for each picture wanted, where many cannot be read."""


@dataclass(frozen=True)
class Sample:
    """Pictures, and what they show where that is known.

    Attributes:
        pictures: Each uint8 RGB (size, size, 3).
        truth: Number of each one's label, (N,), or None without labels.
        unreadable: How many files were no pictures.
        described: Where they come from.
    """

    pictures: tuple[Pixels, ...]
    truth: NDArray[np.int64] | None
    unreadable: int
    described: str


def draw(
    data: Path, labels: Sequence[str], preprocessing: Preprocessing, *, count: int, seed: int
) -> Sample:
    """Draw pictures at random from a data set's test side, or from a folder of any files.

    A data set whose labels are not the model's counts as without labels.

    Raises:
        DatasetUnusable: There is no picture.
    """
    if not data.is_dir():
        raise DatasetUnusable(f"{data} is no folder: name a data set, or a folder of pictures.")
    if not (data / MANIFEST).exists():
        files = sorted(str(path) for path in data.rglob("*") if path.is_file())
        return _from_files(data, _shuffled(files, seed), preprocessing, count)
    dataset = Dataset.read(data)
    entries = _shuffled(dataset.side("test"), seed)[:count]
    if not entries:
        raise DatasetUnusable(f"The data set in {data} has no test pictures.")
    known = {entry.label for entry in entries} <= set(labels)
    with Decoders(target=preprocessing.size) as decoders:
        pictures = tuple(
            decoders.map(lambda entry: _small(decoders, contents(entry), preprocessing), entries)
        )
    truth = np.array([labels.index(entry.label) for entry in entries]) if known else None
    return Sample(pictures, truth, 0, _described(dataset, entries, known=known))


def _from_files(
    data: Path, files: Sequence[str], preprocessing: Preprocessing, count: int
) -> Sample:
    pictures: list[Pixels] = []
    looked_at = 0
    with Decoders(target=preprocessing.size) as decoders:

        def attempt(path: str) -> Pixels | None:
            try:
                return _small(decoders, read(path), preprocessing)
            except (ImageError, WorkerDied):
                return None

        for picture in decoders.map(attempt, files[: TRIES * count]):
            looked_at += 1
            if picture is not None:
                pictures.append(picture)
            if len(pictures) == count:
                break
    if not pictures:
        raise DatasetUnusable(f"{data} holds no picture that can be read.")
    described = f"{len(pictures)} pictures of {data.name}, without labels"
    return Sample(tuple(pictures), None, looked_at - len(pictures), described)


def _described(dataset: Dataset, entries: Sequence[Entry], *, known: bool) -> str:
    labels = "" if known else ", whose labels are not the model's"
    return f"{len(entries)} test pictures of the data set `{dataset.version}`{labels}"


def _small(decoders: Decoders, data: bytes, preprocessing: Preprocessing) -> Pixels:
    pixels = decoders.decode(data).frames[0].pixels
    with torch.no_grad():
        resized = preprocessing.resized(torch.from_numpy(pixels)[None])[0]
    return np.ascontiguousarray(resized.permute(1, 2, 0).numpy())


def _shuffled(items: Sequence[Item], seed: int) -> list[Item]:
    return random.Random(seed).sample(list(items), len(items))
