"""Measures several installed models and gathers the rows of the report."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from model.bundle import open_bundle
from model.comparison.cost import measure_size, measure_timing
from model.comparison.evaluation import Evaluation, evaluate
from model.comparison.report import Row

BATCHES = (1, 8)


def compare(
    models: Path,
    names: Sequence[str],
    *,
    data: Path | None,
    labels: Sequence[str],
    say: Callable[[str], None],
) -> list[Row]:
    """Measure each named bundle.

    Args:
        models: The folder of bundles.
        names: Which of them.
        data: A labelled folder, see `model.comparison.evaluation`, or None.
        labels: Labels that count as positive there.
        say: Takes one line of progress at a time.
    """
    rows: list[Row] = []
    for name in names:
        say(f"Measuring {name}")
        rows.append(_row(models, name, data=data, labels=labels))
    return rows


def _row(models: Path, name: str, *, data: Path | None, labels: Sequence[str]) -> Row:
    threads = sorted({1, len(os.sched_getaffinity(0))})
    timings = [
        measure_timing(models, name, batch=batch, threads=count)
        for count in threads
        for batch in BATCHES
    ]
    return Row(
        card=open_bundle(models, name).card,
        size=measure_size(models, name),
        timings=tuple(timings),
        evaluation=None if data is None else _evaluation(models, name, data, labels),
    )


def _evaluation(models: Path, name: str, data: Path, labels: Sequence[str]) -> Evaluation:
    from model.classifier import Classifier  # noqa: PLC0415 - torch is slow to import

    return evaluate(Classifier(open_bundle(models, name)), data, labels)
