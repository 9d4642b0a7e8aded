"""From a model's answers to the sections of its report."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from model.comparison.evaluation import THRESHOLD, proportion
from model.errors import TrainingRefused
from model.files import replacing_folder, storing
from model.training.evaluation.answers import Answers
from model.training.evaluation.doubts import doubts
from model.training.evaluation.metrics import (
    Curve,
    Flags,
    Floats,
    average_precision,
    bootstrap,
    calibration_error,
    confusion,
    curve,
    precision_at,
    reliability,
    roc_auc,
    threshold_for,
)
from model.training.evaluation.plots import square_plot
from model.training.evaluation.sections import Section, as_html, as_markdown, interval
from model.training.evaluation.slices import slices

__all__ = ["GOALS", "Question", "interval", "sections_of", "write_report"]
GOALS: Final = (0.5, 0.6, 0.8, 0.9)
EXAMPLE: Final = (0.01, 0.94, 0.075)
"""Prevalence, recall and false alarms of a model that looks good on a balanced set."""


@dataclass(frozen=True)
class Question:
    """What is asked of the answers.

    Attributes:
        positive: Labels whose probabilities are added up to one score.
        prevalences: Shares of positives among all pictures that precision is told for.
    """

    positive: tuple[str, ...]
    prevalences: tuple[float, ...] = (0.001, 0.01, 0.1)


def write_report(folder: Path, title: str, answers: Answers, question: Question) -> None:
    """Write `evaluation.md`, `evaluation.html` and the plots, replacing the folder.

    Raises:
        TrainingRefused: The question names a label that the model lacks, or all of them.
        CannotStore: It cannot be written.
    """
    sections = sections_of(answers, question)
    plots = [plot for section in sections for plot in section.plots]
    files = {
        "evaluation.md": as_markdown(title, sections),
        "evaluation.html": as_html(title, sections),
        **dict(plots),
    }
    with storing("report", folder), replacing_folder(folder) as new:
        for name, text in files.items():
            (new / name).write_text(text, encoding="utf-8")


def sections_of(answers: Answers, question: Question) -> list[Section]:
    """Return everything that is told of a model."""
    scores, positive = _binary(answers, question)
    points = curve(scores, positive)
    name = " + ".join(question.positive)
    return [
        _summary(answers, name, scores, positive),
        Section("Labels", table=[_LABEL_COLUMNS, *_label_rows(answers)]),
        _confusion(answers),
        _curves(name, points),
        _reliability(answers),
        _prevalence(name, scores, positive, question),
        _goals(name, points, question),
        slices(answers, scores >= THRESHOLD, positive),
        doubts(answers),
    ]


def _binary(answers: Answers, question: Question) -> tuple[Floats, Flags]:
    unknown = sorted(set(question.positive) - set(answers.labels))
    if unknown or not 0 < len(set(question.positive)) < len(answers.labels):
        raise TrainingRefused(
            f"--positive {' '.join(question.positive)}: name some, not all, of the model's "
            f"labels, which are {', '.join(answers.labels)}."
        )
    places = [answers.labels.index(label) for label in question.positive]
    positive = np.isin(answers.truth, places)
    if positive.all() or not positive.any():
        raise TrainingRefused(
            f"The pictures are all positive or all negative for {' + '.join(question.positive)}."
        )
    return answers.probabilities[:, places].sum(axis=1), positive


def _summary(answers: Answers, name: str, scores: Floats, positive: Flags) -> Section:
    right = int((answers.chosen == answers.truth).sum())
    error = calibration_error(answers.probabilities, answers.truth)
    rows = [
        ("Pictures", str(len(answers.truth))),
        ("Accuracy", interval(proportion(right, len(answers.truth)))),
        (f"ROC AUC, {name}", interval(bootstrap(roc_auc, scores, positive))),
        (f"PR AUC, {name}", interval(bootstrap(average_precision, scores, positive))),
        ("Expected calibration error (ECE)", f"{error:.4f}"),
    ]
    return Section(
        "Summary",
        ("Intervals are 95 %: Wilson's for shares, percentile bootstrap for areas.",),
        [("Figure", "Value"), *rows],
    )


_LABEL_COLUMNS: Final = ("Label", "Pictures", "Precision", "Recall", "ROC AUC", "PR AUC")


def _label_rows(answers: Answers) -> Iterator[tuple[str, ...]]:
    for place, label in enumerate(answers.labels):
        truth, chosen = answers.truth == place, answers.chosen == place
        scores, hits = answers.probabilities[:, place], int((truth & chosen).sum())
        areas = (
            [bootstrap(figure, scores, truth) for figure in (roc_auc, average_precision)]
            if truth.any() and not truth.all()
            else [None, None]
        )
        yield (
            label,
            str(int(truth.sum())),
            interval(proportion(hits, int(chosen.sum()))),
            interval(proportion(hits, int(truth.sum()))),
            *map(interval, areas),
        )


def _confusion(answers: Answers) -> Section:
    counts = confusion(answers.chosen, answers.truth, len(answers.labels))
    rows = [(label, *map(str, row)) for label, row in zip(answers.labels, counts, strict=True)]
    return Section("Confusion", table=[("True \\ chosen", *answers.labels), *rows])


def _curves(name: str, points: Curve) -> Section:
    roc = list(zip([0.0, *points.false_alarms], [0.0, *points.recall], strict=True))
    precise = list(zip(points.recall, points.precision, strict=True))
    return Section(
        "Curves",
        plots=(
            ("roc.svg", square_plot(f"ROC, {name}", "false alarms", "recall", roc, ideal=True)),
            ("pr.svg", square_plot(f"Precision, {name}", "recall", "precision", precise)),
        ),
    )


def _reliability(answers: Answers) -> Section:
    bins = reliability(answers.probabilities, answers.truth)
    points = [(each.confidence, each.accuracy) for each in bins]
    plot = square_plot("Reliability", "confidence", "accuracy", points, dots=True, ideal=True)
    rows = [(f"{b.confidence:.3f}", f"{b.accuracy:.3f}", str(b.pictures)) for b in bins]
    return Section(
        "Reliability",
        ("A calibrated model lies on the diagonal; below it, it is too sure of itself.",),
        [("Confidence", "Accuracy", "Pictures"), *rows],
        (("reliability.svg", plot),),
    )


def _prevalence(name: str, scores: Floats, positive: Flags, question: Question) -> Section:
    recall = float((scores[positive] >= THRESHOLD).mean())
    alarms = float((scores[~positive] >= THRESHOLD).mean())
    rows = [
        (f"{prevalence:.2%}", f"{precision_at(prevalence, recall, alarms):.1%}")
        for prevalence in question.prevalences
    ]
    rare, example_recall, example_alarms = EXAMPLE
    here = (
        f"At a threshold of {THRESHOLD}, {name} has {recall:.1%} recall here, and {alarms:.1%} "
        "false alarms. Among uploads positives are rarer, and so precision is lower:"
    )
    example = (
        f"a model with {example_recall:.0%} recall and {example_alarms:.1%} false alarms has "
        f"{precision_at(*EXAMPLE):.0%} precision at {rare:.0%} prevalence."
    )
    return Section(
        "Precision where positives are rare",
        (here, example),
        [("Prevalence", "Precision"), *rows],
    )


def _goals(name: str, points: Curve, question: Question) -> Section:
    rows = [
        (f"{prevalence:.2%}", f"{goal:.0%}", *_reached(points, goal, prevalence))
        for prevalence in question.prevalences
        for goal in GOALS
    ]
    return Section(
        f"Thresholds for {name}",
        ("The threshold of most recall that reaches the goal, were positives that rare.",),
        [("Prevalence", "Precision at least", "Threshold", "Recall"), *rows],
    )


def _reached(points: Curve, goal: float, prevalence: float) -> tuple[str, str]:
    place = threshold_for(points, goal, prevalence)
    if place is None:
        return "none reaches it", ""
    return f"{points.thresholds[place]:.4f}", f"{points.recall[place]:.1%}"
