"""Scores → verdict. Pure functions of the rules in `config.yaml`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from bot.config import Settings
from bot.errors import ConfigInvalid
from bot.settings.scoring import Rule, SecondOpinionSettings
from bot.settings.values import Medium

Scores = Mapping[str, float]
SECOND = "/"  # stands in a second model's labels: open-nsfw/nsfw


@dataclass(frozen=True, slots=True)
class View:
    """One picture of a file: the whole of it, a page, or a moment of a video."""

    scores: Scores
    place: str = ""  # where in the file: "p. 3", "0:12"; empty for a single picture


@dataclass(frozen=True, slots=True)
class Hit:
    """One rule that applies, with the view that weighs most."""

    rule: str
    action: str
    confidence: float
    place: str


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

    @property
    def review(self) -> Hit | None:
        """The first hit that asks for a patroller's look, if any."""
        return next((hit for hit in self.hits if hit.action == "review"), None)

    @property
    def word(self) -> str:
        """`review` or `cleared`."""
        return "review" if self.review else "cleared"


def judge(rules: Sequence[Rule], views: Sequence[View], medium: Medium) -> Verdict:
    """Apply every rule to the view where it weighs most.

    Raises:
        ValueError: without views, or with a score that is no number, there is nothing to judge;
            and nothing is never safe.
    """
    if not views or not all(isfinite(score) for view in views for score in view.scores.values()):
        raise ValueError("no view of the file was scored, so there is no verdict")
    hits = (_apply(rule, views, medium) for rule in rules)
    return Verdict(tuple(hit for hit in hits if hit))


def cause(rules: Sequence[Rule], views: Sequence[View]) -> Cause:
    """Return what weighs most of all rules and views, whether or not a rule applies.

    Raises:
        ValueError: without views, or without a rule on the first model's labels.
    """
    pairs = ((rule, view) for rule in rules if own_labels(rule) for view in views)
    rule, view = max(pairs, key=lambda pair: _weight(pair[0], pair[1].scores))
    return Cause(rule.name, max(own_labels(rule), key=lambda label: view.scores[label]), view)


def own_labels(rule: Rule) -> list[str]:
    """Return the rule's labels of the first model; a second one's have its name in front."""
    return [label for label in rule.labels if SECOND not in label]


def disagreement(scores: Scores, opinion: SecondOpinionSettings) -> float | None:
    """Return how far the second model's score lies from the first's; None if it was not asked."""
    asked = [f"{opinion.name}{SECOND}{label}" for label in opinion.labels]
    if not all(label in scores for label in asked):
        return None
    return abs(sum(scores[label] for label in opinion.of) - sum(scores[label] for label in asked))


def unknown_labels(rules: Sequence[Rule], labels: Sequence[str]) -> list[str]:
    """Return the labels that rules name and the model does not give."""
    return sorted({label for rule in rules for label in rule.labels} - set(labels))


def refuse_unknown_labels(settings: Settings, labels: Sequence[str]) -> None:
    """Raise ConfigInvalid if a rule names a label that the model does not give."""
    unknown = unknown_labels(settings.rules, labels)
    if unknown:
        raise ConfigInvalid(
            f"rules name the labels {', '.join(unknown)}, but the model "
            f"{settings.model.name} gives {', '.join(labels)}"
        )


def _apply(rule: Rule, views: Sequence[View], medium: Medium) -> Hit | None:
    confidence, view = max(
        ((_weight(rule, view.scores), view) for view in views), key=lambda pair: pair[0]
    )
    if confidence < getattr(rule.at_least, medium):
        return None
    return Hit(rule.name, rule.action, round(confidence, 4), view.place)


def _weight(rule: Rule, scores: Scores) -> float:
    # A second model is only asked about some pictures; of the others it says nothing.
    second = (label for label in rule.labels if SECOND in label)
    own = sum(scores[label] for label in own_labels(rule))
    return own + sum(scores.get(label, 0.0) for label in second)
