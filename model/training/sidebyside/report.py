"""From the scores of two models to the sections of the report."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from model.comparison.evaluation import Estimate, proportion
from model.training.dataset.entry import Entry
from model.training.evaluation.metrics import Floats, roc_auc
from model.training.evaluation.report import GOALS, interval
from model.training.evaluation.sections import Section
from model.training.sidebyside.advice import Advice, compared, signed, slices
from model.training.sidebyside.advice import advise as advised
from model.training.sidebyside.figures import (
    Paired,
    is_enough,
    paired,
    precision_from,
    recall_from,
    threshold_for_precision,
    threshold_of,
)
from model.training.sidebyside.held import Held

SHOWN: Final = 50
"""Files named in each table of what changes."""
NAMES: Final = ("live", "candidate", "difference")


@dataclass(frozen=True)
class Match:
    """What is compared.

    Attributes:
        live: Version of the live model.
        candidate: Version of the candidate.
        threshold: The live model's, in force.
        keep: Share of the live model's finds that the candidate's threshold has to reach.
        positive: The label to be found.
    """

    live: str
    candidate: str
    threshold: float
    keep: float
    positive: str


@dataclass(frozen=True)
class SideBySide:
    """The report: its sections, the advice, and the candidate's threshold."""

    advice: Advice
    threshold: float
    sections: Sequence[Section]


def side_by_side(match: Match, validation: Held, test: Held, notes: Sequence[str]) -> SideBySide:
    """Compare two models.

    Args:
        match: Names and thresholds.
        validation: Pictures that thresholds are chosen on.
        test: Pictures that everything is measured on; training has seen neither labels nor
            pictures of them.
        notes: Sentences for the summary: where the pictures come from.
    """
    threshold = threshold_of(validation, match.threshold, match.keep)
    overall, parts = compared(test)
    advice = advised(overall, parts)
    return SideBySide(
        advice,
        threshold,
        [
            _summary(match, test, advice, overall, notes),
            _working_point(match, test, threshold),
            _goals(validation, test),
            _slices(test, parts),
            *_flips(match, test, threshold),
        ],
    )


def _summary(
    match: Match, test: Held, advice: Advice, overall: Paired, notes: Sequence[str]
) -> Section:
    rows = [
        ("PR AUC", *_cells(overall)),
        ("ROC AUC", *_cells(paired(test, roc_auc))),
    ]
    return Section(
        "Recommendation",
        (
            f"{advice.word[0].upper()}{advice.word[1:]}: {advice.reason}.",
            (
                f"Live: {match.live}. Candidate: {match.candidate}. Nothing was switched; a person "
                "decides."
            ),
            (
                f"Measured on {len(test.entries)} files that the candidate has not learned from, "
                f"{int(test.positive.sum())} of them {match.positive}."
            ),
            *notes,
            (
                "Intervals are 95 %, by bootstrap over groups of files (one uploader's, or alike). "
                "The difference is of both models on the same resampled files."
            ),
        ),
        [("Figure", *NAMES), *rows],
    )


def _working_point(match: Match, test: Held, threshold: float) -> Section:
    live, own = match.threshold, threshold
    figures: Mapping[str, Paired] = {
        "precision": paired(test, precision_from(live), precision_from(own)),
        "recall": paired(test, recall_from(live), recall_from(own)),
    }
    counts = [
        _counted(f"{match.positive}, found", test, live, own, positive=True),
        _counted("others, suggested in vain", test, live, own, positive=False),
    ]
    return Section(
        "At the thresholds",
        (
            (
                "The live model's threshold is the one in force. The candidate's was chosen on "
                f"the validation files: the highest that finds at least {match.keep:.0%} as many "
                "of those "
                "to be found."
            ),
        ),
        [
            ("Figure", *NAMES),
            ("threshold", f"{live:.4f}", f"{own:.4f}", ""),
            *((name, *_cells(figure)) for name, figure in figures.items()),
            *counts,
        ],
    )


def _counted(
    name: str, test: Held, live: float, own: float, *, positive: bool
) -> tuple[str, str, str, str]:
    chosen = test.positive == positive
    by_live = int((test.live[chosen] >= live).sum())
    by_candidate = int((test.candidate[chosen] >= own).sum())
    total = int(chosen.sum())
    return (
        name,
        f"{by_live} of {total}",
        f"{by_candidate} of {total}",
        f"{by_candidate - by_live:+d}",
    )


def _goals(validation: Held, test: Held) -> Section:
    rows = [
        (f"{goal:.0%}", name, *_reached(of(validation), validation, of(test), test, goal))
        for goal in GOALS
        for name, of in _SIDES.items()
    ]
    return Section(
        "Thresholds by goal",
        (
            (
                "Chosen on the validation files as the threshold of most recall that reaches the "
                "goal, and measured on the held-out ones. The precision is that among files that "
                "people decided about."
            ),
        ),
        [("Precision at least", "Model", "Threshold", "Precision", "Recall"), *rows],
    )


_SIDES: Final[Mapping[str, Callable[[Held], Floats]]] = {
    "live": lambda held: held.live,
    "candidate": lambda held: held.candidate,
}


def _reached(
    chosen_on: Floats,
    validation: Held,
    scores: Floats,
    test: Held,
    goal: float,
) -> tuple[str, str, str]:
    threshold = threshold_for_precision(chosen_on, validation.positive, goal)
    if threshold is None:
        return "none reaches it", "", ""
    reached = scores >= threshold
    hits = int((reached & test.positive).sum())
    return (
        f"{threshold:.4f}",
        interval(proportion(hits, int(reached.sum()))),
        interval(proportion(hits, int(test.positive.sum()))),
    )


def _slices(test: Held, parts: Mapping[str, Paired]) -> Section:
    rows: list[tuple[str, ...]] = []
    for name, places in slices(test).items():
        part = test.part(places)
        cells = _cells(parts[name]) if is_enough(part.positive) else ("too few", "too few", "")
        rows.append((name, str(len(places)), str(int(part.positive.sum())), *cells))
    return Section(
        "PR AUC by slice",
        ("A slice of few files has a wide interval: read it before you compare.",),
        [("Slice", "Files", "To be found", *NAMES), *rows],
    )


def _flips(match: Match, test: Held, threshold: float) -> Iterator[Section]:
    live, own = test.live >= match.threshold, test.candidate >= threshold
    changes = {
        f"No longer suggested, though {match.positive}": live & ~own & test.positive,
        "No longer suggested, and rightly so": live & ~own & ~test.positive,
        f"Suggested by the candidate alone, and {match.positive}": own & ~live & test.positive,
        "Suggested by the candidate alone, in vain": own & ~live & ~test.positive,
    }
    for title, chosen in changes.items():
        places = np.flatnonzero(chosen)
        ordered = sorted(places, key=lambda place: -abs(test.candidate[place] - test.live[place]))
        rows = [
            (_page(test.entries[place]), f"{test.live[place]:.2f}", f"{test.candidate[place]:.2f}")
            for place in ordered[:SHOWN]
        ]
        more = f", of which {SHOWN} are named" if len(places) > SHOWN else ""
        yield Section(
            title,
            (f"{len(places)} of the held-out files{more}.",),
            [("File", "Live", "Candidate"), *rows] if rows else (),
        )


def _page(entry: Entry) -> str:
    return entry.page or entry.path


def _cells(made: Paired) -> tuple[str, str, str]:
    return _interval(made.live), _interval(made.candidate), signed(made.difference)


def _interval(estimate: Estimate) -> str:
    return "undefined" if np.isnan(estimate.value) else interval(estimate)
