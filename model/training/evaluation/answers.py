"""A model's answers on labelled pictures."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.bundle import Bundle
from model.errors import DatasetUnusable
from model.training.dataset.entry import Entry

Progress = Callable[[Iterable[NDArray[np.float64]], int], Iterable[NDArray[np.float64]]]


@dataclass(frozen=True)
class Answers:
    """Probabilities beside the truth.

    Attributes:
        labels: The model's.
        probabilities: (N, labels).
        truth: Number of each picture's label, (N,).
        entries: The pictures, for slices.
    """

    labels: tuple[str, ...]
    probabilities: NDArray[np.float64]
    truth: NDArray[np.int64]
    entries: tuple[Entry, ...]

    @property
    def chosen(self) -> NDArray[np.int64]:
        """Number of the most probable label, (N,)."""
        places: NDArray[np.int64] = self.probabilities.argmax(axis=1)
        return places

    def part(self, places: Sequence[int]) -> "Answers":
        """Return the answers at these places only."""
        return Answers(
            self.labels,
            self.probabilities[list(places)],
            self.truth[list(places)],
            tuple(self.entries[place] for place in places),
        )


def answers_of(
    bundle: Bundle, entries: Sequence[Entry], *, progress: Progress = lambda rows, _: rows
) -> Answers:
    """Score pictures as the bot does, in exact arithmetic.

    Raises:
        DatasetUnusable: A label is not the model's, or a picture is gone or changed.
    """
    labels = bundle.card.labels
    unknown = sorted({entry.label for entry in entries} - set(labels))
    if unknown or not entries:
        raise DatasetUnusable(
            f"{bundle.name} knows the labels {', '.join(labels)}, and the data set has "
            f"{', '.join(unknown) or 'no pictures'}: evaluate with a data set of its labels."
        )
    rows = list(progress(probabilities(bundle, entries), len(entries)))
    truth = np.array([labels.index(entry.label) for entry in entries])
    return Answers(labels, np.stack(rows), truth, tuple(entries))


def probabilities(bundle: Bundle, entries: Sequence[Entry]) -> Iterable[NDArray[np.float64]]:
    """Yield each picture's probabilities (labels,), in exact arithmetic.

    Raises:
        DatasetUnusable: A picture is gone or changed.
    """
    # Imported here, because torch is slow to import.
    from model.classifier import Classifier  # noqa: PLC0415
    from model.training.decoding import Decoders  # noqa: PLC0415
    from model.training.pictures import contents  # noqa: PLC0415

    classifier = Classifier(bundle, precision="fp32")
    with Decoders(target=bundle.card.input.size) as decoders:
        for picture in decoders.map(lambda entry: decoders.decode(contents(entry)), entries):
            (answer,) = classifier.classify([picture.frames[0].pixels])
            yield np.array(list(answer.values()))
