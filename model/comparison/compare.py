"""Measures several models and gathers the rows of the report."""

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from model.bundle import open_bundle
from model.comparison.backbones import BACKBONES, Backbone, frozen
from model.comparison.cost import Opener, Timing, measure_size, measure_timing, open_installed
from model.comparison.evaluation import Evaluation, evaluate
from model.comparison.report import Row

BATCHES = (1, 8)
UNTRAINED = "untrained: cost only"


def compare(
    models: Path,
    names: Sequence[str],
    *,
    data: Path | None,
    labels: Sequence[str],
    say: Callable[[str], None],
) -> list[Row]:
    """Measure each named bundle or backbone; a backbone has no accuracy.

    Args:
        models: The folder of bundles.
        names: Which of them, or of `BACKBONES`.
        data: A labelled folder, see `model.comparison.evaluation`, or None.
        labels: Labels that count as positive there.
        say: Takes one line of progress at a time.

    Raises:
        BundleError: A model is not installed or damaged, or torchvision is needed and missing.
    """
    rows: list[Row] = []
    for name in names:
        say(f"Measuring {name}")
        if name in BACKBONES:
            rows.append(_untrained(BACKBONES[name]))
        else:
            rows.append(_installed(models, name, data=data, labels=labels))
    return rows


def _installed(models: Path, name: str, *, data: Path | None, labels: Sequence[str]) -> Row:
    card = open_bundle(models, name).card
    return Row(
        title=card.title,
        trained=True,
        size=measure_size(models, name),
        timings=_timings(partial(open_installed, models, name)),
        evaluation=None if data is None else _evaluation(models, name, data, labels),
        published_figures=card.published_figures,
    )


def _untrained(backbone: Backbone) -> Row:
    with frozen(backbone) as (size, open_frozen):
        timings = _timings(open_frozen)
    return Row(
        title=f"{backbone.title} ({UNTRAINED})",
        trained=False,
        size=size,
        timings=timings,
        evaluation=None,
        published_figures=(),
    )


def _timings(open_model: Opener) -> tuple[Timing, ...]:
    threads = sorted({1, len(os.sched_getaffinity(0))})
    return tuple(
        measure_timing(open_model, batch=batch, threads=count)
        for count in threads
        for batch in BATCHES
    )


def _evaluation(models: Path, name: str, data: Path, labels: Sequence[str]) -> Evaluation:
    from model.classifier import Classifier  # noqa: PLC0415 - torch is slow to import

    return evaluate(Classifier(open_bundle(models, name)), data, labels)
