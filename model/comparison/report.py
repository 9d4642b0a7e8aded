"""The comparison as Markdown."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from model.card import PublishedFigure
from model.comparison.backbones import INSTALL, torchvision_is_installed
from model.comparison.chart import bar_chart
from model.comparison.cost import Size, Timing
from model.comparison.evaluation import Estimate, Evaluation
from model.comparison.peers import PEERS
from model.comparison.trained import TrainedRow, kept_section, trained_section
from model.files import replacing_file

REPORT = "comparison.md"
SPEED_CHART = "comparison-speed.svg"
MEMORY_CHART = "comparison-memory.svg"
UNTRAINED_NOTE = (
    "Rows marked as untrained are architectures of torchvision with random weights, given as many "
    "labels as the default model. They show what such a network would cost. They have no "
    "accuracy, cannot be installed and never score; their start-up lacks the checks that an "
    "installed model goes through."
)


@dataclass(frozen=True)
class Row:
    """All that was measured of one model; one that is not `trained` has its cost alone."""

    title: str
    trained: bool
    size: Size
    timings: tuple[Timing, ...]
    evaluation: Evaluation | None
    published_figures: tuple[PublishedFigure, ...]


def write_report(folder: Path, rows: Sequence[Row]) -> Path:
    """Write the report and its two charts; what it says of models trained here stays."""
    report = folder / REPORT
    earlier = report.read_text(encoding="utf-8") if report.exists() else ""
    first = {row.title: row.timings[0] for row in rows}
    speed = {title: timing.milliseconds for title, timing in first.items()}
    memory = {title: timing.peak_mib for title, timing in first.items()}
    texts = {
        SPEED_CHART: bar_chart("Milliseconds per picture, one thread, one at a time", speed, "ms"),
        MEMORY_CHART: bar_chart("Peak memory of the process, one at a time", memory, "MiB"),
        REPORT: as_markdown(rows) + kept_section(earlier),
    }
    for name, text in texts.items():
        with replacing_file(folder / name) as file:
            file.write_text(text, encoding="utf-8")
    return report


def write_trained(folder: Path, rows: Sequence[TrainedRow]) -> Path:
    """Put the section on models trained here at the end of the report, or in place of the last."""
    report = folder / REPORT
    text = report.read_text(encoding="utf-8") if report.exists() else "# Comparison of models\n"
    text = text.removesuffix(kept_section(text))
    with replacing_file(report) as file:
        file.write_text(f"{text}\n{trained_section(rows)}", encoding="utf-8")
    return report


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
            (_timing(row.title, timing) for row in rows for timing in row.timings),
        )
        + f"\n\n![Speed]({SPEED_CHART})\n\n![Memory]({MEMORY_CHART})",
        "Accuracy": _accuracy(rows),
        "What their makers and others report": _published(rows),
        "Models that are not installed here": _table(
            ("Model", "Licence", "Network", "Figure", "Reported by"), PEERS
        ),
    }
    body = [f"## {title}\n\n{text}" for title, text in sections.items()]
    return "\n\n".join(["# Comparison of models", _introduction(), *_untrained(rows), *body]) + "\n"


def _introduction() -> str:
    return (
        "Written by `lookout model compare`. Times are medians, from decoded picture to scores, "
        f"on {len(os.sched_getaffinity(0))} processors whose load was {os.getloadavg()[1]:.1f}. "
        "Where that is not well below their number, the rows with several threads mean little: "
        "measure again on a quiet machine. Published figures come from different, mostly private "
        "sets and cannot be ranked against each other."
    )


def _untrained(rows: Sequence[Row]) -> list[str]:
    """Return a paragraph on networks without trained weights, where there is something to say."""
    if not all(row.trained for row in rows):
        return [UNTRAINED_NOTE]
    if not torchvision_is_installed():
        return [f"The backbones of torchvision are left out: it is not installed (`{INSTALL}`)."]
    return []


def _size(row: Row) -> tuple[str, ...]:
    return (
        row.title,
        f"{row.size.parameters / 1e6:.2f} M",
        f"{row.size.multiply_adds / 1e9:.2f} G",
        f"{row.size.file_mib:.1f} MiB",
    )


def _timing(title: str, timing: Timing) -> tuple[str, ...]:
    return (
        title,
        f"{timing.batch}",
        f"{timing.threads}",
        f"{timing.milliseconds:.1f}",
        f"{timing.start_up_s:.1f} s",
        f"{timing.peak_mib:.0f} MiB",
        timing.precision,
    )


def _accuracy(rows: Sequence[Row]) -> str:
    measured = [(row.title, row.evaluation) for row in rows if row.evaluation is not None]
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
            (row.title, figure.metric, figure.value, figure.reported_by, figure.measured_on)
            for row in rows
            for figure in row.published_figures
        ),
    )


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
