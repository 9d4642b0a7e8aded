"""A data set's pictures as the network's input, prepared exactly as when the model serves."""

import hashlib
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from model.errors import DatasetUnusable
from model.networks.preprocessing import Preprocessing
from model.training.augmentation import varied
from model.training.dataset.entry import Entry
from model.training.decoding import Decoders, read

Batch = tuple[Tensor, Tensor]
"""Inputs, and the number of each one's label, int64 (N,)."""


class Pictures:
    """Reads, decodes and prepares pictures side by side.

    Args:
        preprocessing: The model's own.
        labels: Every label, in the order of the model's outputs.
        seed: Of what varies from pass to pass.
        decoders: Open for as long as pictures are read.
    """

    def __init__(
        self, preprocessing: Preprocessing, labels: Sequence[str], seed: int, decoders: Decoders
    ) -> None:
        self._preprocessing = preprocessing
        self._number = {label: number for number, label in enumerate(labels)}
        self._seed = seed
        self._decoders = decoders

    def batches(
        self, entries: Sequence[Entry], size: int, *, epoch: int | None = None
    ) -> Iterator[Batch]:
        """Yield inputs (N, 3, H, W) and labels, in order, varied if an epoch is given.

        Raises:
            DatasetUnusable: A file is gone or changed since the data set was built.
        """
        prepared = self._decoders.map(lambda entry: self._prepare(entry, epoch), entries)
        for start in range(0, len(entries), size):
            chunk = entries[start : start + size]
            inputs = torch.cat([next(prepared) for _ in chunk])
            yield inputs, self.targets(chunk)

    def targets(self, entries: Sequence[Entry]) -> Tensor:
        """Return the number of each entry's label, int64 (N,)."""
        return torch.tensor([self._number[entry.label] for entry in entries])

    def _prepare(self, entry: Entry, epoch: int | None) -> Tensor:
        pixels = self._decoders.decode(contents(entry)).frames[0].pixels
        if epoch is not None:
            pixels = varied(pixels, self._seed, epoch, entry.sha1)
        with torch.no_grad():
            prepared: Tensor = self._preprocessing(torch.from_numpy(pixels)[None])
        return prepared


def contents(entry: Entry) -> bytes:
    """Return the file's bytes.

    Raises:
        DatasetUnusable: It is gone, or not the file that was labelled.
    """
    try:
        data = read(entry.path)
    except OSError as error:
        raise DatasetUnusable(
            f"{entry.path}: {error.strerror}. Build the data set again."
        ) from error
    if hashlib.sha1(data, usedforsecurity=False).hexdigest() != entry.sha1:
        raise DatasetUnusable(f"{entry.path} was changed: build the data set again.")
    return data
