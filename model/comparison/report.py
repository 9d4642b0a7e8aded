"""The comparison as Markdown."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from model.card import Card
from model.comparison.chart import bar_chart
from model.comparison.cost import Size, Timing
from model.comparison.evaluation import Estimate, Evaluation
from model.comparison.peers import PEERS
from model.files import replacing_file

REPORT = "comparison.md"
SPEED_CHART = "comparison-speed.svg"
MEMORY_CHART = "comparison-memory.svg"


@dataclass(frozen=True)
class Row:
    """All that was measured of one installed model."""

    card: Card
    size: Size
    timings: tuple[Timing, ...]
    evaluation: Evaluation | None


def write_report(folder: Path, rows: Sequence[Row]) -> Path:
    """Write the report and its two charts."""
    first = {row.card.title: row.timings[0] for row in rows}
    speed = {title: timing.milliseconds for title, timing in first.items()}
    memory = {title: timing.peak_mib for title, timing in first.items()}
    texts = {
        SPEED_CHART: bar_chart("Milliseconds per picture, one thread, one at a time", speed, "ms"),
        MEMORY_CHART: bar_chart("Peak memory of the process, one at a time", memory, "MiB"),
        REPORT: as_markdown(rows),
    }
    for name, text in texts.items():
        with replacing_file(folder / name) as file:
            file.write_text(text, encoding="utf-8")
    return folder / REPORT


def as_markdown(rows: Sequence[Row]) -> str:
    """Render every table."""
    sections = {
        "Size": _table(("Model", "Parameters", "Multiply-adds", "File"), map(_size, rows)),
        "Time and memory": _table(
            (
                "Model",
                "Batch",
                "Threads",
                "ms per picture",
                "Start-up",
                "Peak memory",
                "Arithmetic",
            ),
            (_timing(row.card, timing) for row in rows for timing in row.timings),
        )
        + f"\n\n![Speed]({SPEED_CHART})\n\n![Memory]({MEMORY_CHART})",
        "Accuracy": _accuracy(rows),
        "What their makers and others report": _published(rows),
        "Models that are not installed here": _table(
            ("Model", "Licence", "Network", "Figure", "Reported by"), PEERS
        ),
    }
    body = [f"## {title}\n\n{text}" for title, text in sections.items()]
    return "\n\n".join([f"# Comparison of models\n\n{_introduction()}", *body]) + "\n"


def _introduction() -> str:
    return (
        "Written by `lookout model compare`. Times are medians, from decoded picture to scores, "
        f"on {len(os.sched_getaffinity(0))} processors whose load was {os.getloadavg()[1]:.1f}. "
        "Where that is not well below their number, the rows with several threads mean little: "
        "measure again on a quiet machine. Published figures come from different, mostly private "
        "sets and cannot be ranked against each other."
    )


def _size(row: Row) -> tuple[str, ...]:
    return (
        row.card.title,
        f"{row.size.parameters / 1e6:.2f} M",
        f"{row.size.multiply_adds / 1e9:.2f} G",
        f"{row.size.file_mib:.1f} MiB",
    )


def _timing(card: Card, timing: Timing) -> tuple[str, ...]:
    return (
        card.title,
        f"{timing.batch}",
        f"{timing.threads}",
        f"{timing.milliseconds:.1f}",
        f"{timing.start_up_s:.1f} s",
        f"{timing.peak_mib:.0f} MiB",
        timing.precision,
    )


def _accuracy(rows: Sequence[Row]) -> str:
    measured = [(row.card.title, row.evaluation) for row in rows if row.evaluation is not None]
    if not measured:
        return (
            "Not measured: this project keeps no explicit pictures. With a folder of your own, "
            "`lookout model compare --data FOLDER` adds it."
        )
    columns = ("Model", "Positive", "Negative", "Unreadable")
    figures = ("Accuracy", "Precision", "Recall", "AUC")
    return _table((*columns, *figures), (_evaluation(*each) for each in measured))


def _evaluation(title: str, result: Evaluation) -> tuple[str, ...]:
    estimates = (result.accuracy, result.precision, result.recall, result.area_under_curve)
    counts = (result.positives, result.negatives, result.unreadable)
    return (title, *(f"{count}" for count in counts), *(_interval(each) for each in estimates))


def _interval(estimate: Estimate | None) -> str:
    if estimate is None:
        return "undefined"
    return f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"


def _published(rows: Sequence[Row]) -> str:
    return _table(
        ("Model", "Metric", "Value", "Reported by", "Measured on"),
        (
            (row.card.title, figure.metric, figure.value, figure.reported_by, figure.measured_on)
            for row in rows
            for figure in row.card.published_figures
        ),
    )


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
