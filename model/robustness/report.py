"""From findings on one model, or on two side by side, to a report."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from model.comparison.evaluation import proportion
from model.files import replacing_folder, storing
from model.robustness.attacks import ATTACKS
from model.robustness.cells import (
    Models,
    curve,
    interval,
    kept,
    lines,
    mean,
    names,
    places,
    shift,
    twice,
    twice_head,
)
from model.robustness.measure import OVERWHELMING, Findings
from model.robustness.outcome import MOST
from model.robustness.plan import Plan
from model.robustness.plot import lines_plot
from model.training.evaluation.sections import Section, as_html, as_markdown

NAME: Final = "robustness"


def write_report(
    folder: Path, title: str, models: Models, plan: Plan, positive: Sequence[str]
) -> Path:
    """Write `robustness.md`, `.html`, `.json` and the plots, replacing the folder.

    Raises:
        CannotStore: It cannot be written.
    """
    sections = sections_of(models, plan, positive)
    figures = [summary(each, plan, positive) for each in models]
    files = {
        f"{NAME}.md": as_markdown(title, sections),
        f"{NAME}.html": as_html(title, sections),
        f"{NAME}.json": json.dumps({"plan": plan.model_dump(), "models": figures}, indent=2) + "\n",
        **{name: plot for section in sections for name, plot in section.plots},
    }
    with storing("report", folder), replacing_folder(folder) as new:
        for name, text in files.items():
            (new / name).write_text(text, encoding="utf-8")
    return folder / f"{NAME}.html"


def sections_of(models: Models, plan: Plan, positive: Sequence[str]) -> list[Section]:
    """Return everything that is told.

    Raises:
        TrainingRefused: A label is not the model's.
    """
    for each in models:
        places(each, positive)
    builders: Iterable[Callable[[], Section | None]] = (
        lambda: _summary(models, plan, positive),
        lambda: _corruptions(models, plan, positive),
        lambda: _attacks(models, plan, positive),
        lambda: _checks(models),
        lambda: _scaling(models, positive),
        lambda: _obfuscations(models, positive),
    )
    return [section for build in builders if (section := build()) is not None]


def summary(found: Findings, plan: Plan, positive: Sequence[str]) -> dict[str, Any]:
    """Return the most important figures of one model, for programs."""
    figures: dict[str, Any] = {"model": found.name, "pictures": len(found.clean.clean)}
    if found.clean.right is not None:
        figures["accuracy"] = float(found.clean.right.mean())
    if found.corruptions:
        figures["kept under corruptions"] = mean(found.corruptions.values())
        figures["score shift under corruptions"] = float(
            np.mean([o.shifts(places(found, positive))[0] for o in found.corruptions.values()])
        )
    if found.obfuscations:
        figures["kept under obfuscations"] = mean(found.obfuscations.values())
    if found.attacks:
        figures["epsilon"] = plan.epsilon
        figures["kept under attacks"] = {
            **{name: float(outcome.kept.mean()) for name, outcome in found.attacks.items()},
            "all": float(found.worst.mean()),
        }
        figures["gradients mislead"] = found.masked
    return figures


def _summary(models: Models, plan: Plan, positive: Sequence[str]) -> Section:
    labelled = models[0].clean.truth is not None
    stays = "label found" if labelled else "label unchanged"
    rows: dict[str, list[str]] = {"Pictures": [str(len(each.clean.clean)) for each in models]}
    if labelled:
        rows["Accuracy, pictures as they are"] = [kept(each.clean) for each in models]
    if models[0].corruptions:
        rows[f"Mean over corruptions, {stays}"] = [
            f"{mean(each.corruptions.values()):.3f}" for each in models
        ]
    if models[0].obfuscations:
        rows[f"Mean over obfuscations, {stays}"] = [
            f"{mean(each.obfuscations.values()):.3f}" for each in models
        ]
    if models[0].attacks:
        rows[f"All attacks of {plan.epsilon:g}/255, {stays}"] = [
            interval(proportion(int(each.worst.sum()), len(each.worst))) for each in models
        ]
    score = " + ".join(positive) or "the probability of the label chosen before"
    text = (
        "A label is found if the most probable one is the picture's own, whatever was done to it."
        if labelled
        else "The pictures have no labels that the model knows: told is how often the most "
        "probable label stays, not whether it is right.",
        (
            f"A score is {score}; its shift is told as the mean, and as what {MOST} % of the "
            "pictures stay within."
        ),
        "Shares have Wilson's 95 % interval.",
    )
    return Section("Summary", text, [("Figure", *names(models)), *lines(rows)])


def _corruptions(models: Models, plan: Plan, positive: Sequence[str]) -> Section | None:
    if not models[0].corruptions:
        return None
    kinds = list(dict.fromkeys(name for name, _ in models[0].corruptions))
    head = ["Corruption"]
    for each in models:
        head += [f"{each.name}, severity {severity}" for severity in plan.severities]
        head.append("score shift")
    rows = [[name, *_corruption(models, name, plan, positive)] for name in kinds]
    points = {
        each.name: [
            (float(severity), mean(each.corruptions[name, severity] for name in kinds))
            for severity in plan.severities
        ]
        for each in models
    }
    plot = lines_plot("Under corruptions, the mean of all", "severity", "label kept", points)
    text = (
        (
            "Share of pictures that keep their label, and the shift of the score over all "
            "severities. "
            "Corruptions and parameters are those of ImageNet-C (Hendrycks and Dietterich, "
            "ICLR 2019), "
            "at the size of the input; frost is drawn, not photographed."
        ),
    )
    return Section("Corruptions", text, [head, *rows], (("corruptions.svg", plot),))


def _corruption(models: Models, name: str, plan: Plan, positive: Sequence[str]) -> Iterator[str]:
    for each in models:
        outcomes = [each.corruptions[name, severity] for severity in plan.severities]
        yield from (f"{outcome.kept.mean():.2f}" for outcome in outcomes)
        shifts = [outcome.shifts(places(each, positive)) for outcome in outcomes]
        yield shift(np.mean(shifts, axis=0))


def _attacks(models: Models, plan: Plan, positive: Sequence[str]) -> Section | None:
    if not models[0].attacks:
        return None
    points = {
        each.name: [(0.0, float(each.clean.kept.mean())), *curve(each.curve)] for each in models
    }
    plot = lines_plot("Under PGD", "largest change of a value, of 255", "label kept", points)
    text = (
        (
            f"No value of a picture changes by more than {plan.epsilon:g} of 255, at the "
            "size of the "
            "input, and results are whole values, judged by the model as it is served. Steps: PGD "
            f"{plan.pgd_steps}, APGD {plan.apgd_steps}; queries of Square: {plan.square_queries}."
        ),
        *(f"{name}: {about}." for name, about in ATTACKS.items()),
    )
    rows = [
        [name, *twice(models, [each.attacks[name] for each in models], positive)]
        for name in ATTACKS
    ]
    return Section("Attacks", text, [twice_head("Attack", models), *rows], (("pgd.svg", plot),))


def _checks(models: Models) -> Section | None:
    if not models[0].attacks:
        return None
    rows = {
        "Pictures with a gradient": [f"{each.gradient or 0:.0%}" for each in models],
        f"Label kept under PGD of {OVERWHELMING:g}/255 (has to be about none)": [
            "" if each.overwhelmed is None else f"{each.overwhelmed.kept.mean():.2f}"
            for each in models
        ],
        "Verdict": [
            "gradients mislead: the figures above are too good" if each.masked else "no sign of it"
            for each in models
        ],
    }
    text = (
        (
            "Does the model hide its gradient, so that attacks fail without it being robust? Signs "
            "of that are a single step that beats many, random search that beats gradients, and a "
            "boundless attack that fails (Carlini et al., 2019)."
        ),
    )
    return Section("Are the attacks real", text, [("Check", *names(models)), *lines(rows)])


def _scaling(models: Models, positive: Sequence[str]) -> Section | None:
    served = [each.scaling for each in models if each.scaling is not None]
    careless = [each.hidden_seen for each in models if each.hidden_seen is not None]
    if len(served) < len(models):
        return None
    rows = [
        ["as served, with antialiasing", *twice(models, served, positive)],
        ["what a careless resize sees", *twice(models, careless, positive)],
    ]
    text = (
        (
            "Large pictures in which every 81st pixel belongs to another picture, one that "
            "the model "
            "takes for something else (Xiao et al., USENIX Security 2019)."
        ),
    )
    return Section("Image-scaling attack", text, [twice_head("Resize", models), *rows])


def _obfuscations(models: Models, positive: Sequence[str]) -> Section | None:
    if not models[0].obfuscations:
        return None
    rows = [
        [name, *twice(models, [each.obfuscations[name] for each in models], positive)]
        for name in models[0].obfuscations
    ]
    return Section("Obfuscations", (), [twice_head("Obfuscation", models), *rows])
