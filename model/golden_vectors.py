"""Scores recorded from the original runtimes, and the comparison with an installed bundle."""

from pydantic import BaseModel, ConfigDict

from model.bundle import Bundle
from model.classifier import Classifier
from model.errors import BundleCorrupt
from model.golden_pictures import GOLDEN, fingerprint, golden_pictures

TOLERANCE = 1e-4
"""Largest difference in any one probability that still counts as the same model."""


class GoldenVectors(BaseModel):
    """What one original runtime answered; recorded by tests/model/record_golden.py.

    Attributes:
        runtime: Which program, in which version, gave the scores.
        size: Width and height of the pictures, pixels; the model's own, so no resize enters.
        pixels: Name of the picture to the sha256 of its pixels.
        scores: Name of the picture to its probabilities, in the card's order of labels.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    runtime: str
    size: int
    pixels: dict[str, str]
    scores: dict[str, tuple[float, ...]]


def golden_vectors(name: str) -> GoldenVectors:
    """Read the record for the bundle called `name`."""
    return GoldenVectors.model_validate_json((GOLDEN / f"{name}.json").read_bytes())


def largest_difference(bundle: Bundle) -> float:
    """Return the largest difference between the bundle's and the recorded probabilities.

    Raises:
        BundleCorrupt: The pictures are not the recorded ones; the installation is damaged.
    """
    golden = golden_vectors(bundle.name)
    pictures = golden_pictures(golden.size)
    if {name: fingerprint(pixels) for name, pixels in pictures.items()} != golden.pixels:
        raise BundleCorrupt("The golden pictures were changed: install commons-lookout again.")
    answers = Classifier(bundle, precision="fp32").classify(list(pictures.values()))
    return max(
        abs(score - expected)
        for name, answer in zip(pictures, answers, strict=True)
        for score, expected in zip(answer.values(), golden.scores[name], strict=True)
    )
