"""What a comparison says about the candidate. It recommends; a person decides."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from model.comparison.evaluation import Estimate
from model.training.evaluation.metrics import average_precision
from model.training.sidebyside.figures import Paired, is_enough, paired
from model.training.sidebyside.held import Held

MARGIN: Final = 0.0
"""Of the difference's interval: with zero inside, the files do not tell the models apart."""


class Word(StrEnum):
    """The recommendation."""

    TRY = "try the candidate in shadow mode"
    KEEP = "keep the live model"
    WAIT = "keep the live model, and wait for more decisions"


@dataclass(frozen=True)
class Advice:
    """A recommendation, why, and in which slices the candidate is worse for certain."""

    word: Word
    reason: str
    worse: tuple[str, ...] = ()


def slices(held: Held) -> Mapping[str, list[int]]:
    """Return the places of the pictures of each source, tag and medium."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, entry in enumerate(held.entries):
        for name in (f"source {entry.source}", f"medium {entry.medium}"):
            places[name].append(place)
        for tag in entry.tags:
            places[f"tag {tag}"].append(place)
    return dict(sorted(places.items()))


def advise(overall: Paired, parts: Mapping[str, Paired]) -> Advice:
    """Weigh the difference in PR AUC, over all and in each slice."""
    worse = tuple(name for name, part in parts.items() if part.difference.high < -MARGIN)
    if overall.difference.high < -MARGIN:
        return Advice(Word.KEEP, f"the candidate is worse: PR AUC {_told(overall)}", worse)
    if overall.difference.low <= MARGIN:
        return Advice(
            Word.WAIT, f"these files do not tell the two apart: PR AUC {_told(overall)}", worse
        )
    if worse:
        named = ", ".join(worse)
        return Advice(
            Word.KEEP, f"better over all, but worse for certain in: {named}. Find out why", worse
        )
    return Advice(Word.TRY, f"it is better on files neither has seen: PR AUC {_told(overall)}")


def compared(held: Held) -> tuple[Paired, dict[str, Paired]]:
    """Return PR AUC of both over all, and in each slice that has pictures enough."""
    parts = {name: held.part(places) for name, places in slices(held).items()}
    return paired(held, average_precision), {
        name: paired(part, average_precision)
        for name, part in parts.items()
        if is_enough(part.positive)
    }


def signed(estimate: Estimate) -> str:
    """Return a difference with its interval."""
    if np.isnan(estimate.value):
        return "undefined"
    return f"{estimate.value:+.3f} ({estimate.low:+.3f} to {estimate.high:+.3f})"


def _told(made: Paired) -> str:
    return f"{made.live.value:.3f} → {made.candidate.value:.3f}, {signed(made.difference)}"
