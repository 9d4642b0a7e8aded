"""Rules tried on files that were judged before: what would have happened. Pure functions."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.errors import ConfigInvalid
from bot.rules.conditions import Check, checks, combined
from bot.rules.facts import Facts
from bot.rules.verdict import MARKED_FINE, Hit, judge, needs
from bot.rules.views import View, heaviest, own_labels
from bot.settings.rules import Rule

DEPENDS = "depends"
Table = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One file under other rules.

    Attributes:
        old: The verdict on record.
        new: What the rules tried say; `depends` if that hangs on what nobody asked then.
        hit: The rule that makes the new verdict, if one does.
        missing: The conditions that cannot be told.
    """

    title: str
    old: str
    new: str
    hit: Hit | None = None
    missing: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the verdict is another one, for all that is known."""
        return self.new not in (self.old, DEPENDS)


@dataclass(frozen=True, slots=True)
class Reading:
    """One rule on one file, for a person to read."""

    rule: Rule
    weight: float  # what its labels add up to, 0 without labels
    place: str
    threshold: float | None  # None without labels
    checks: tuple[Check, ...]

    @property
    def applies(self) -> bool | None:
        """Whether it applies; None if that cannot be told."""
        if self.threshold is not None and self.weight < self.threshold:
            return False
        return combined(check.holds for check in self.checks)


def tried(
    rules: Sequence[Rule],
    views: Sequence[View],
    facts: Facts,
    *,
    title: str,
    old: str,
    partial: bool,
) -> Trial:
    """Return what the rules would make of a file.

    Raises:
        ConfigInvalid: a rule names a label that the file's model does not give.
    """
    refuse_labels_without_score(rules, views)
    if needs(rules, views, facts):
        return Trial(title=title, old=old, new=DEPENDS, missing=_unknown(rules, views, facts))
    verdict = judge(rules, views, facts)
    # No rule outweighs what people decided about the file.
    stays = old == MARKED_FINE and verdict.review
    new = MARKED_FINE if stays else verdict.ending(partial=partial)
    return Trial(title=title, old=old, new=new, hit=verdict.decisive)


def table(trials: Iterable[Trial]) -> Table:
    """Count the files by old and new verdict."""
    return Counter((trial.old, trial.new) for trial in trials)


def readings(rules: Sequence[Rule], views: Sequence[View], facts: Facts) -> Iterator[Reading]:
    """Yield every rule with all it asks and finds, whether or not it is reached."""
    refuse_labels_without_score(rules, views)
    for rule in rules:
        weight, view = heaviest(rule, views)
        threshold = getattr(rule.at_least, facts.medium) if rule.labels else None
        yield Reading(rule, weight, view.place, threshold, tuple(checks(rule.when, facts)))


def refuse_labels_without_score(rules: Sequence[Rule], views: Sequence[View]) -> None:
    """Raise ConfigInvalid if a rule names a label that a stored view has no score for."""
    given = set.intersection(*(set(view.scores) for view in views))
    unknown = sorted({label for rule in rules for label in own_labels(rule)} - given)
    if unknown:
        raise ConfigInvalid(
            f"rules name the labels {', '.join(unknown)}, but the stored scores are of "
            f"{', '.join(sorted(given))}"
        )


def _unknown(rules: Sequence[Rule], views: Sequence[View], facts: Facts) -> tuple[str, ...]:
    names = {
        check.name
        for reading in readings(rules, views, facts)
        if reading.applies is None
        for check in reading.checks
        if check.holds is None
    }
    return tuple(sorted(names))
