"""The model that is looked at: as it is served, and as a network with gradients."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from model.bundle import open_bundle
from model.classifier import Classifier
from model.errors import BundleCorrupt
from model.install import package_members
from model.networks.pipeline import Pipeline
from model.robustness.corruptions.arrays import Pixels
from model.sources.builders import BUILDERS
from model.sources.catalogue import DESCRIPTIONS
from model.training.initialisation import rebuilt

BATCH: Final = 8
LARGEST_GAP: Final = 10.0
"""Between logits: float32's softmax and its gradient are far from saturated."""
LARGEST_DIFFERENCE: Final = 0.01
"""Between the answers of both forms to one picture: of rounding, not of another network."""

Scores = NDArray[np.float64]
"""Probabilities (N, labels)."""


class Attackable(nn.Module):
    """Pictures of the input's size, 0..1, to logits, with gradients.

    A model that is too sure has a gradient of zero in float32, which would look like robustness
    (Carlini and Wagner, "Defensive Distillation is Not Robust to Adversarial Examples", 2016). So
    logits are divided by what keeps their gaps small; it changes no answer.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        super().__init__()
        self.pipeline = pipeline.eval().requires_grad_(requires_grad=False)
        self.softening = nn.Buffer(torch.tensor(1.0))

    def forward(self, values: Tensor) -> Tensor:
        """Map (N, 3, size, size) to logits (N, labels)."""
        prepared = self.pipeline.preprocessing.differentiable(values * 255)
        logits: Tensor = self.pipeline.network(prepared) / self.softening
        return logits

    @torch.no_grad()
    def soften(self, values: Tensor) -> None:
        """Choose what logits are divided by for these pictures."""
        logits = self(values) * self.softening
        gaps = logits.amax(dim=1) - logits.amin(dim=1)
        self.softening.fill_(max(1.0, gaps.max().item() / LARGEST_GAP))


@dataclass(frozen=True)
class Subject:
    """A bundle under test.

    Attributes:
        name: Of the bundle.
        labels: In the order of the scores.
        size: Width and height of its input, pixels.
        classifier: The graph as it is served, in float32.
        network: The same weights, for attacks.
    """

    name: str
    labels: tuple[str, ...]
    size: int
    classifier: Classifier
    network: Attackable

    def score(self, pictures: Sequence[Pixels]) -> Scores:
        """Score pictures as the bot does."""
        answers = self.classifier.classify(list(pictures))
        return np.array([list(answer.values()) for answer in answers])

    def check(self, pictures: Sequence[Pixels]) -> None:
        """Compare both forms' answers.

        Raises:
            BundleCorrupt: They differ, so that attacks would be on another network.
        """
        values = as_values(pictures)
        with torch.no_grad():
            logits = self.network(values) * self.network.softening
            scores = self.network.pipeline.probabilities(logits).numpy()
        difference = float(np.abs(scores - self.score(pictures)).max())
        if difference > LARGEST_DIFFERENCE:
            raise BundleCorrupt(
                f"The graph of {self.name} and its weights differ by {difference:.3f} on a "
                "picture: install or train it again."
            )


def open_subject(
    name: str, models: Path, *, threads: int = 1, say: Callable[[str], None]
) -> Subject:
    """Open a published or trained bundle.

    Raises:
        BundleMissing: It is not installed.
        BundleCorrupt: Its files do not match its card.
        SourceUnavailable: The package of a published one cannot be had.
    """
    bundle = open_bundle(models, name)
    if name in BUILDERS:
        pipeline = BUILDERS[name](package_members(DESCRIPTIONS[name], models, say=say))
    else:
        pipeline, _ = rebuilt(name, models)
    return Subject(
        name=name,
        labels=bundle.card.labels,
        size=bundle.card.input.size,
        classifier=Classifier(bundle, threads=threads, batch=BATCH, precision="fp32"),
        network=Attackable(pipeline),
    )


def as_values(pictures: Sequence[Pixels]) -> Tensor:
    """Turn uint8 pictures of one size into float (N, 3, H, W) in 0..1."""
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).to(torch.float32) / 255
