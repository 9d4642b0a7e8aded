"""The drift check: what is smaller has to give the same scores."""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

import torch
from torch import Tensor

from model import torchscript
from model.card import Reference
from model.errors import TrainingRefused
from model.golden_pictures import golden_pictures
from model.networks.pipeline import Pipeline
from model.training.pictures import Batch

LARGEST_LOSS: Final = 0.01
"""Of accuracy on validation pictures."""
Score = Callable[[Tensor], Tensor]
"""From prepared pictures (N, 3, H, W) to probabilities (N, labels)."""


class Kept(NamedTuple):
    """What a smaller form keeps.

    Attributes:
        drift: Largest change of a probability of the reference pictures.
        before: Accuracy of the original on validation pictures.
        after: That of the smaller form.
    """

    drift: float
    before: float
    after: float


@torch.no_grad()
def drift_of(pipeline: Pipeline, reference: Reference) -> float:
    """Return the largest change of a reference picture's probability."""
    moved = 0.0
    for name, pixels in golden_pictures(reference.size).items():
        with torchscript.without_deprecation_warnings():
            (scores,) = pipeline(torch.from_numpy(pixels)[None])
        moved = max(moved, (scores - torch.tensor(reference.scores[name])).abs().max().item())
    return moved


@torch.no_grad()
def accuracies(exact: Score, small: Score, batches: Iterable[Batch]) -> tuple[float, float]:
    """Return the accuracy of the original and of the smaller form on the same pictures."""
    right, count = torch.zeros(2), 0
    for inputs, targets in batches:
        for place, score in enumerate((exact, small)):
            right[place] += (score(inputs).argmax(1) == targets).sum()
        count += len(targets)
    before, after = (right / count).tolist()
    return before, after


def check(name: str, form: str, kept: Kept, bound: float, advice: str = "") -> None:
    """Let a smaller form pass, or not.

    Args:
        name: Of the original.
        form: What was made of it, for the message.
        kept: Measured.
        bound: Largest drift, by default of the original's card, see `model.card.Reference`.
        advice: What can be done, for the message.

    Raises:
        TrainingRefused: Its scores or its answers are others.
    """
    if kept.drift > bound:
        raise TrainingRefused(
            f"{form} of {name} refused: scores of the reference pictures move by "
            f"{kept.drift:.3f}, and {bound} is allowed. Nothing was written.{advice}"
        )
    if kept.before - kept.after > LARGEST_LOSS:
        raise TrainingRefused(
            f"{form} of {name} refused: accuracy on the validation pictures falls from "
            f"{kept.before:.3f} to {kept.after:.3f}, and a loss of {LARGEST_LOSS} is allowed. "
            f"Nothing was written.{advice}"
        )
