"""The scores that two models give to the same labelled pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.bundle import Bundle
from model.errors import TrainingRefused
from model.training.dataset.entry import Entry
from model.training.evaluation.answers import Progress, probabilities
from model.training.evaluation.metrics import Flags, Floats


@dataclass(frozen=True)
class Contender:
    """A model and what of it is compared.

    Attributes:
        bundle: The open bundle.
        sums: Label sets; a picture's score is the largest sum of one of them, as rules add up.
    """

    bundle: Bundle
    sums: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Held:
    """Pictures with both models' scores.

    Attributes:
        entries: The pictures.
        positive: Whether each is one to be found, (N,).
        live: The live model's scores, 0..1, (N,).
        candidate: The candidate's, likewise.
    """

    entries: tuple[Entry, ...]
    positive: Flags
    live: Floats
    candidate: Floats

    @property
    def groups(self) -> list[NDArray[np.int64]]:
        """Places of the pictures that belong together: of one uploader, or alike."""
        _, number = np.unique([entry.group for entry in self.entries], return_inverse=True)
        return [np.flatnonzero(number == group) for group in range(number.max() + 1)]

    def part(self, places: Sequence[int]) -> "Held":
        """Return the pictures at these places only."""
        chosen = list(places)
        return Held(
            tuple(self.entries[place] for place in chosen),
            self.positive[chosen],
            self.live[chosen],
            self.candidate[chosen],
        )


def scored(
    entries: Sequence[Entry],
    positive: str,
    live: Contender,
    candidate: Contender,
    *,
    progress: Progress = lambda rows, _: rows,
) -> Held:
    """Score pictures by both models, as the bot does, in exact arithmetic.

    Args:
        entries: The pictures; those labelled `positive` are to be found.
        positive: A label of the data set.
        live: One model.
        candidate: The other.
        progress: Shows how far it has come, for each model in turn.

    Raises:
        TrainingRefused: A model lacks a label that is asked of it.
        DatasetUnusable: A picture is gone or changed.
    """
    return Held(
        tuple(entries),
        np.array([entry.label == positive for entry in entries], dtype=np.bool_),
        _scores(live, entries, progress),
        _scores(candidate, entries, progress),
    )


def _scores(contender: Contender, entries: Sequence[Entry], progress: Progress) -> Floats:
    labels = contender.bundle.card.labels
    unknown = sorted({label for labels_ in contender.sums for label in labels_} - set(labels))
    if unknown:
        raise TrainingRefused(
            f"{contender.bundle.name} gives {', '.join(labels)}, and not {', '.join(unknown)}."
        )
    places = [[labels.index(label) for label in wanted] for wanted in contender.sums]
    rows = np.stack(list(progress(probabilities(contender.bundle, entries), len(entries))))
    scores: Floats = np.max([rows[:, chosen].sum(axis=1) for chosen in places], axis=0)
    return scores
