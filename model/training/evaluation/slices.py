"""How good a model is on each part of the pictures: by source, medium and tag, and by skin tone."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from model.comparison.evaluation import proportion
from model.training.dataset.entry import Entry
from model.training.evaluation.answers import Answers
from model.training.evaluation.metrics import Flags, calibration_error
from model.training.evaluation.sections import Section, interval

MONK: Final = re.compile(r"monk-(\d+)")
"""Tone 1 to 10 of the Monk Skin Tone Scale, https://skintone.google."""
TONES: Final = (("1-3", range(1, 4)), ("4-7", range(4, 8)), ("8-10", range(8, 11)))
EXPECTED: Final = ("tag art", "tag medical", "tag monochrome", *(f"Monk {n}" for n, _ in TONES))
COLUMNS: Final = ("Slice", "Pictures", "Accuracy", "Recall", "False alarms", "ECE")


def slices(answers: Answers, counted: Flags, positive: Flags) -> Section:
    """Return accuracy, recall, false alarms and calibration of every slice.

    Args:
        answers: The model's.
        counted: Which pictures the score reaches the threshold for.
        positive: Which pictures are to be found.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for place, entry in enumerate(answers.entries):
        for name in names(entry):
            places[name].append(place)
    missing = [name for name in EXPECTED if name not in places]
    text = (f"No picture is in: {', '.join(missing)}.",) if missing else ()
    rows = [
        _row(name, answers.part(chosen), counted[chosen], positive[chosen])
        for name, chosen in sorted(places.items())
    ]
    return Section("Slices", text, [COLUMNS, *rows])


def names(entry: Entry) -> Iterator[str]:
    """Yield the slices that a picture belongs to."""
    yield f"source {entry.source}"
    yield f"medium {entry.medium}"
    for tag in entry.tags:
        tone = MONK.fullmatch(tag)
        yield _tone(int(tone[1])) if tone else f"tag {tag}"


def _tone(number: int) -> str:
    group = next((name for name, tones in TONES if number in tones), "unknown")
    return f"Monk {group}"


def _row(name: str, part: Answers, counted: Flags, positive: Flags) -> tuple[str, ...]:
    right = int((part.chosen == part.truth).sum())
    error = calibration_error(part.probabilities, part.truth)
    return (
        name,
        str(len(part.truth)),
        interval(proportion(right, len(part.truth))),
        interval(proportion(int((counted & positive).sum()), int(positive.sum()))),
        interval(proportion(int((counted & ~positive).sum()), int((~positive).sum()))),
        f"{error:.3f}",
    )
