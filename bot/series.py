"""Pages of a document and frames of an animation: weighed as the scenes of a video are.

Each is a scene of its own. Within a scene a mean smooths a lone outlier; a mean over pages that
have nothing to do with each other would drown the one of three hundred that a patroller looks for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from bot.rules.views import weight
from bot.settings.rules import Rule
from bot.settings.values import Medium
from bot.videos.places import heaviest, precise
from model.video.score import Moment, Scores, Summary, aggregate, apart

Unit = Literal["pages", "seconds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What was looked at of one file, in order.

    Attributes:
        moments: at pages from 1 on, or at seconds from the start. At least one.
        end: of the last page or frame, likewise.
        unit: of these.
        whole: how many pages or frames there are.
        unseen: of these, how many look like none that was scored.
    """

    moments: tuple[Moment, ...]
    end: float
    unit: Unit
    whole: int
    unseen: int

    def place(self, at: float) -> str:
        """Return where a moment is, for a person."""
        return page(int(at)) if self.unit == "pages" else precise(at)


def page(number: int) -> str:
    """Return how an entry names a page."""
    return f"p. {number}"


def by_any_rule(series: Series, rules: Sequence[Rule], medium: Medium) -> Summary | None:
    """Sum up a series by what the heaviest rule weighs in each view; None if none looks at any."""
    weighing = _weighing(rules)
    if not weighing:
        return None
    threshold = min(getattr(rule.at_least, medium) for rule in weighing)

    def value(scores: Scores) -> float:
        return heaviest(weighing, scores)

    return aggregate(apart(series.moments, series.end), value, threshold=threshold)


def account(series: Series, rules: Sequence[Rule], medium: Medium) -> dict[str, Any]:
    """Return every rule's figures and what they rest on, as plain JSON."""
    return {
        "unit": series.unit,
        "whole": series.whole,
        "unseen": series.unseen,
        "end": series.end,
        "rules": [_figures(series, rule, medium) for rule in _weighing(rules)],
        "looks": [
            {"at": moment.time_s, "scores": dict(moment.scores), "repeated": moment.repeated}
            for moment in series.moments
        ],
    }


def lines(series: Series, rules: Sequence[Rule], medium: Medium) -> Iterator[str]:
    """Yield what a person wants to read: every rule's figures, then what is above a threshold."""
    what = "pages" if series.unit == "pages" else "frames"
    scored = len({moment.number for moment in series.moments})
    yield f"{series.whole} {what}, {scored} scored"
    if series.unseen and series.unit == "pages":
        yield f"looked at in part: {series.unseen} pages were left out"
    elif series.unseen:
        yield f"looked at in part: {series.unseen} frames look like none that was scored"
    for told in account(series, rules, medium)["rules"]:
        yield (
            f"{told['rule']:<12}{told['overall']:.2f} at {series.place(told['at'])}, "
            f"above {told['threshold']:.2f} for {told['longest_run']:g} {series.unit} on end, "
            f"{told['share_above']:.0%} of all"
        )
    for at, value in _above(series, _weighing(rules), medium):
        yield f"* {series.place(at):<10}{value:.2f}"


def _figures(series: Series, rule: Rule, medium: Medium) -> dict[str, Any]:
    threshold = getattr(rule.at_least, medium)
    scenes = apart(series.moments, series.end)
    summary = aggregate(scenes, partial(weight, rule), threshold=threshold)
    return {
        "rule": rule.name,
        "threshold": threshold,
        "overall": summary.overall,
        "at": summary.at_s,
        "maximum": summary.maximum,
        "longest_run": summary.longest_run_s,
        "share_above": summary.share_above,
    }


def _above(series: Series, rules: Sequence[Rule], medium: Medium) -> Iterator[tuple[float, float]]:
    """Yield where some rule's threshold is reached, and by how much."""
    for moment in series.moments:
        weights = [(weight(rule, moment.scores), getattr(rule.at_least, medium)) for rule in rules]
        reached = [found for found, threshold in weights if found >= threshold]
        if reached:
            yield moment.time_s, max(reached)


def _weighing(rules: Sequence[Rule]) -> list[Rule]:
    """Return the rules that look at scores; one that ignores may look at facts alone."""
    return [rule for rule in rules if rule.labels]
