"""The rules, read from top to bottom.

A rule applies when its labels reach the threshold in some view and all its conditions hold. Rules
that apply are hits, until the first that ignores: it ends the reading. What is above it counts,
what is below it does not. A rule in shadow is a hit that has no effect, and ends nothing. What
cannot be told from the facts does not hold; so an unknown uploader is never ignored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from bot.rules.conditions import Need, checks, combined
from bot.rules.facts import Facts
from bot.rules.views import View, heaviest, own_labels, weight
from bot.settings.conditions import Conditions
from bot.settings.rules import Action, Rule, Tier

CLEARED = "cleared"
MARKED_FINE = "marked-fine"  # it would be `review`, but people said of this content that it is fine
CLEARED_IN_PART = "cleared-in-part"  # nothing found, in what could be looked at
IGNORED = "ignored"
REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Hit:
    """One rule that applies, with the view that weighs most."""

    rule: str
    actions: tuple[Action, ...]
    confidence: float  # what its labels add up to; 0 for a rule without labels
    place: str
    tier: Tier = "medium"
    reason: str = ""
    shadow: bool = False

    @property
    def acts(self) -> bool:
        """Whether a patroller gets to see it."""
        return not self.shadow and "ignore" not in self.actions

    @property
    def ignores(self) -> bool:
        """Whether it ends the reading."""
        return not self.shadow and "ignore" in self.actions


@dataclass(frozen=True, slots=True)
class Cause:
    """What a file's weight rests on: a view, and the label that adds most to `rule` there."""

    rule: str
    label: str
    view: View


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of one file. Hits stand in the order of the rules."""

    hits: tuple[Hit, ...]
    spared: bool = False  # a rule below the one that ignores would have suggested it

    @property
    def review(self) -> Hit | None:
        """The first hit that asks for a patroller's look, if any: it gives tier and reason."""
        return next((hit for hit in self.hits if hit.acts), None)

    @property
    def actions(self) -> tuple[Action, ...]:
        """What all hits together call for, each once."""
        return tuple(dict.fromkeys(a for hit in self.hits if hit.acts for a in hit.actions))

    @property
    def decisive(self) -> Hit | None:
        """The hit that made the verdict, else the first one."""
        made = next((hit for hit in self.hits if hit.ignores), None) if self.spared else None
        return self.review or made or next(iter(self.hits), None)

    @property
    def word(self) -> str:
        """`review`; `ignored`, if it would be review but for a rule that ignores; or `cleared`."""
        if self.review:
            return REVIEW
        return IGNORED if self.spared else CLEARED

    def ending(self, *, partial: bool) -> str:
        """Return the word, or `cleared-in-part` if not all of the file could be looked at."""
        return CLEARED_IN_PART if partial and self.word == CLEARED else self.word


def judge(rules: Sequence[Rule], views: Sequence[View], facts: Facts) -> Verdict:
    """Read the rules over every view of a file.

    Raises:
        ValueError: without views, or with a score that is no number, there is nothing to judge;
            and nothing is never safe.
    """
    _refuse_nothing(views)
    hits: list[Hit] = []
    for index, rule in enumerate(rules):
        hit = _apply(rule, views, facts)
        if hit:
            hits.append(hit)
            if hit.ignores:
                below = (_apply(later, views, facts) for later in rules[index + 1 :])
                return Verdict(tuple(hits), spared=any(one and one.acts for one in below))
    return Verdict(tuple(hits))


def needs(rules: Sequence[Rule], views: Sequence[View], facts: Facts) -> set[Need]:
    """Return what has to be asked for before `judge` can be sure, as little as possible.

    Nothing, as long as no rule that suggests could apply by what is known already.
    """
    _refuse_nothing(views)
    wanted: set[Need] = set()
    for rule in _up_to_the_last_suggestion(rules, views, facts):
        if not _reached(rule, views, facts):
            continue
        met = list(checks(rule.when, facts))
        holds = combined(check.holds for check in met)
        if holds is None:
            wanted |= {check.need for check in met if check.holds is None and check.need}
        elif holds and rule.ignores and not rule.shadow:
            break
    return wanted


def cause(rules: Sequence[Rule], views: Sequence[View]) -> Cause:
    """Return what weighs most of all rules and views, whether or not a rule applies.

    Raises:
        ValueError: without views, or without a rule on the first model's labels.
    """
    # Of rules that weigh the same, one that asks for nothing else is nearer to what was seen.
    ordered = sorted(rules, key=lambda rule: rule.when != Conditions())
    pairs = ((rule, view) for rule in ordered if own_labels(rule) for view in views)
    rule, view = max(pairs, key=lambda pair: weight(pair[0], pair[1].scores))
    return Cause(rule.name, max(own_labels(rule), key=lambda label: view.scores[label]), view)


def holds(rule: Rule, views: Sequence[View], facts: Facts) -> bool | None:
    """Tell whether a rule applies; None if that cannot be told from the facts."""
    return _reached(rule, views, facts) and combined(c.holds for c in checks(rule.when, facts))


def _up_to_the_last_suggestion(
    rules: Sequence[Rule], views: Sequence[View], facts: Facts
) -> Sequence[Rule]:
    """Leave out the rules at the end that can no longer change anything."""
    possible = [
        index
        for index, rule in enumerate(rules)
        if not rule.ignores and holds(rule, views, facts) is not False
    ]
    return rules[: possible[-1] + 1] if possible else ()


def _refuse_nothing(views: Sequence[View]) -> None:
    if not views or not all(isfinite(score) for view in views for score in view.scores.values()):
        raise ValueError("no view of the file was scored, so there is no verdict")


def _reached(rule: Rule, views: Sequence[View], facts: Facts) -> bool:
    if not rule.labels:
        return True
    threshold: float = getattr(rule.at_least, facts.medium)
    return heaviest(rule, views)[0] >= threshold


def _apply(rule: Rule, views: Sequence[View], facts: Facts) -> Hit | None:
    if not holds(rule, views, facts):
        return None
    confidence, view = heaviest(rule, views)
    return Hit(
        rule=rule.name,
        actions=rule.actions,
        confidence=round(confidence, 4),
        place=view.place,
        tier=rule.tier,
        reason=rule.reason,
        shadow=rule.shadow,
    )
