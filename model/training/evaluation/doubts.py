"""Labels that may be wrong: pictures of which the model is sure that they are something else.

Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels", JAIR
70, 2021. A person has to look: it may as well be the model that errs.
"""

from collections import defaultdict
from pathlib import Path
from typing import Final

import numpy as np

from model.training.evaluation.answers import Answers
from model.training.evaluation.sections import Section

SURE: Final = 0.9
SHOWN: Final = 20
FEWEST: Final = 5
"""Pictures of a folder, below which nothing is said of it as a whole."""


def doubts(answers: Answers) -> Section:
    """Return the folders most of which the model contradicts, and the most doubtful pictures."""
    confidence = answers.probabilities.max(axis=1)
    against = (answers.chosen != answers.truth) & (confidence >= SURE)
    places = np.flatnonzero(against)
    ranked = places[np.argsort(-confidence[places], kind="stable")]
    rows = [
        (
            answers.entries[place].path,
            answers.entries[place].label,
            answers.labels[answers.chosen[place]],
            f"{confidence[place]:.3f}",
        )
        for place in ranked[:SHOWN]
    ]
    said = (
        f"Of {len(places)} pictures the model is at least {SURE:.0%} sure that they are something "
        "else. Look at them: either may be wrong."
    )
    table = [("Picture", "Label", "Model", "Sure"), *rows] if rows else ()
    return Section("Labels that may be wrong", (*wrong_folders(answers), said), table)


def wrong_folders(answers: Answers) -> tuple[str, ...]:
    """Say of each folder most of whose pictures the model calls something else that it does."""
    folders: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, entry in enumerate(answers.entries):
        folders[str(Path(entry.path).parent), entry.label].append(place)
    found = []
    for (folder, label), places in sorted(folders.items()):
        chosen = np.bincount(answers.chosen[places], minlength=len(answers.labels))
        most = int(chosen.argmax())
        if (
            len(places) >= FEWEST
            and answers.labels[most] != label
            and chosen[most] > len(places) / 2
        ):
            found.append(
                f"{folder}: {chosen[most]} of {len(places)} pictures under the label {label} look "
                f"like {answers.labels[most]}. Is this folder under the wrong label?"
            )
    return tuple(found)
