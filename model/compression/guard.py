"""The drift check: what is smaller has to give the same scores."""

from typing import Final, NamedTuple

import torch

from model import torchscript
from model.card import Reference
from model.errors import TrainingRefused
from model.golden_pictures import golden_pictures
from model.networks.pipeline import Pipeline

LARGEST_LOSS: Final = 0.01
"""Of accuracy on validation pictures."""


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


def check(name: str, form: str, kept: Kept, bound: float) -> None:
    """Let a smaller form pass, or not.

    Args:
        name: Of the original.
        form: What was made of it, for the message.
        kept: Measured.
        bound: Of the original's card, see `model.card.Reference`.

    Raises:
        TrainingRefused: Its scores or its answers are others.
    """
    if kept.drift > bound:
        raise TrainingRefused(
            f"{form} of {name} refused: scores of the reference pictures move by "
            f"{kept.drift:.3f}, and its card allows {bound}. Nothing was written."
        )
    if kept.before - kept.after > LARGEST_LOSS:
        raise TrainingRefused(
            f"{form} of {name} refused: accuracy on the validation pictures falls from "
            f"{kept.before:.3f} to {kept.after:.3f}. Nothing was written."
        )
