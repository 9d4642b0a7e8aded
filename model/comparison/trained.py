"""Models trained here, side by side: accuracy, time for a pass, size and time for a picture."""

import csv
import statistics
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from model.bundle import installed_bundles, open_bundle
from model.card import Card, Training
from model.comparison.cost import Timing, measure_size, measure_timing, open_installed
from model.errors import TrainingRefused

HEADING: Final = "## Trained on the same pictures"
LOG: Final = "log.csv"
WHOLE: Final = "whole network"
COLUMNS: Final = (
    "Network",
    "Began with",
    "Input",
    "Passes",
    "Accuracy, validation",
    "Seconds for a pass",
    "Parameters",
    "File",
    "ms per picture",
)


class TrainedRow(NamedTuple):
    """What was measured of one model.

    Attributes:
        card: Its card.
        training: How it was trained.
        passes: Of the whole network.
        seconds: Median for one pass, or None without a log.
        file_mib: TorchScript, float32.
        timing: One picture at a time, one thread.
    """

    card: Card
    training: Training
    passes: int
    seconds: float | None
    file_mib: float
    timing: Timing


def trained_rows(
    models: Path, runs: Path, names: Sequence[str], *, say: Callable[[str], None]
) -> list[TrainedRow]:
    """Measure models that were trained here on one data set.

    Args:
        models: The folder of bundles.
        runs: The folder of their runs, for the time that a pass took.
        names: Of bundles; none means all that were trained here.
        say: Takes one line of progress at a time.

    Raises:
        BundleError: One is not installed or damaged.
        TrainingRefused: One was not trained here, there is none, or their data sets differ.
    """
    cards = [open_bundle(models, name).card for name in names or installed_bundles(models)]
    chosen = [(card, card.training) for card in cards if names or card.training]
    lacking = [card.name for card, training in chosen if training is None]
    if lacking:
        raise TrainingRefused(f"Not trained here: {', '.join(lacking)}. Name others.")
    if not chosen:
        raise TrainingRefused("Nothing was trained here: see lookout train.")
    sets = {training.dataset for _, training in chosen if training}
    if len(sets) > 1:
        raise TrainingRefused(
            "These were trained on different data sets, so that their accuracy cannot be compared: "
            "name those of one data set."
        )
    return [
        _measured(models, runs, card, training, say=say) for card, training in chosen if training
    ]


def trained_section(rows: Sequence[TrainedRow]) -> str:
    """Render the section that stands at the end of the comparison."""
    table = [COLUMNS, ("---",) * len(COLUMNS), *map(_cells, rows)]
    lines = "\n".join("| " + " | ".join(line) + " |" for line in table)
    return (
        f"{HEADING}\n\nWritten by `lookout model compare --trained`, of models that "
        "`lookout train` "
        f"made on the data set `{rows[0].training.dataset}`. Its pictures are a benign stand-in "
        "unless you built it from your own: the table shows what a pass and an answer cost, and "
        "that each network learns, not how well it would do on Commons. A network that began "
        "with random weights had to learn to see from the same few pictures. A pass: "
        "the median, as busy as the machine was. ms per picture: one "
        f"thread, one at a time.\n\n{lines}\n"
    )


def kept_section(text: str) -> str:
    """Return the section as it stands in an earlier comparison, or nothing."""
    _, found, rest = text.partition(f"\n{HEADING}\n")
    return f"\n{HEADING}\n{rest}" if found else ""


def _measured(
    models: Path, runs: Path, card: Card, training: Training, *, say: Callable[[str], None]
) -> TrainedRow:
    say(f"Measuring {card.name}")
    seconds = _seconds(runs / card.name / LOG)
    return TrainedRow(
        card=card,
        training=training,
        passes=len(seconds),
        seconds=statistics.median(seconds) if seconds else None,
        file_mib=measure_size(models, card.name).file_mib,
        timing=measure_timing(partial(open_installed, models, card.name), batch=1, threads=1),
    )


def _seconds(log: Path) -> list[float]:
    if not log.exists():
        return []
    with log.open(encoding="utf-8", newline="") as file:
        return [float(row["seconds"]) for row in csv.DictReader(file) if row["stage"] == WHOLE]


def _cells(row: TrainedRow) -> tuple[str, ...]:
    return (
        row.card.architecture,
        row.training.initialisation,
        f"{row.card.input.size} px",
        f"{row.passes}",
        f"{row.training.figures['accuracy']:.3f}",
        "no log" if row.seconds is None else f"{row.seconds:.1f}",
        f"{row.card.parameters / 1e6:.2f} M",
        f"{row.file_mib:.1f} MiB",
        f"{row.timing.milliseconds:.1f}",
    )
