"""A report as CSV files, one a table, for a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.statistics.interval import Share
from bot.statistics.report import Report

SHARE = ("hits", "answered", "share", "low", "high")


def write(report: Report, folder: Path) -> list[Path]:
    """Write precision.csv, latency.csv, volumes.csv, outcomes.csv and missed.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        _file(folder / "precision.csv", *_precision(report)),
        _file(folder / "latency.csv", *_latency(report)),
        _file(folder / "volumes.csv", *_volumes(report)),
        _file(folder / "outcomes.csv", ("outcome", "count"), report.outcomes.items()),
        _file(folder / "missed.csv", *_missed(report)),
    ]


Table = tuple[Sequence[str], Iterable[Sequence[object]]]


def _precision(report: Report) -> Table:
    head = ("dimension", "value", "suggested", "open", "no_answer", *SHARE)
    return head, [
        (line.dimension, line.value, line.suggested, line.open, line.no_answer, *_share(share))
        for line in report.precision
        for share in [line.precision]
    ]


def _latency(report: Report) -> Table:
    latency = report.latency
    head = ("reviewed", "median_seconds", "p90_seconds")
    return head, [(latency.reviewed, latency.median, latency.p90)]


def _volumes(report: Report) -> Table:
    volumes = report.volumes
    head = ("seen", "scored", "suggested", "cleared")
    return head, [(volumes.seen, volumes.scored, volumes.suggested, volumes.cleared)]


def _missed(report: Report) -> Table:
    missed = report.missed
    head = ("drawn", *SHARE, "cleared", "files", "files_low", "files_high")
    projected = (missed.cleared, missed.files, missed.low, missed.high)
    return head, [(missed.drawn, *_share(missed.share), *projected)]


def _share(share: Share) -> tuple[object, ...]:
    return share.count, share.total, share.value, share.low, share.high


def _file(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)
    return path
