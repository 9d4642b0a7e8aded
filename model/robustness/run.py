"""One report's worth of work: models, pictures, and everything that is tried on them."""

from collections.abc import Callable, Sequence
from pathlib import Path

from model.errors import TrainingRefused
from model.robustness.measure import Bar, Findings, measure
from model.robustness.plan import Plan
from model.robustness.sample import draw
from model.robustness.subject import open_subject


def run(
    names: Sequence[str],
    models: Path,
    data: Path,
    plan: Plan,
    *,
    positive: Sequence[str],
    threads: int,
    say: Callable[[str], None],
    bar: Bar,
) -> tuple[str, list[Findings]]:
    """Try models one after the other on the same pictures; return a title and what was found.

    Args:
        names: Of bundles.
        models: The folder of bundles.
        data: A data set, or a folder of pictures.
        plan: What is tried.
        positive: Labels that make up the score; every model has to know them.
        threads: Processor threads.
        say: Takes one line of progress at a time.
        bar: Shows how far a part has come.

    Raises:
        BundleError: A model is not installed or damaged.
        DatasetUnusable: There are no pictures.
        TrainingRefused: ART is needed and not installed, or a label is unknown.
    """
    subjects = [open_subject(name, models, threads=threads, say=say) for name in names]
    for subject in subjects:
        if not set(positive) <= set(subject.labels):
            raise TrainingRefused(
                f"--positive {' '.join(positive)}: the labels of {subject.name} are "
                f"{', '.join(subject.labels)}."
            )
    found: list[Findings] = []
    described = ""
    for subject in subjects:
        preprocessing = subject.network.pipeline.preprocessing
        sample = draw(data, subject.labels, preprocessing, count=plan.pictures, seed=plan.seed)
        described = sample.described
        unreadable = f"; {sample.unreadable} files are no pictures" if sample.unreadable else ""
        say(f"{subject.name}: {described}{unreadable}")
        found.append(measure(subject, sample, plan, bar=bar))
    return f"Robustness of {' and '.join(names)} on {described}", found
