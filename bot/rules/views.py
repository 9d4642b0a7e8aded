"""Scored pictures, and what a rule's labels weigh in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.config import Settings
from bot.errors import ConfigInvalid
from bot.settings.rules import Rule
from bot.settings.scoring import SecondOpinionSettings

Scores = Mapping[str, float]
SECOND = "/"  # stands in a second model's labels: open-nsfw/nsfw


@dataclass(frozen=True, slots=True)
class View:
    """One picture of a file: the whole of it, a page, or a moment of a video."""

    scores: Scores
    place: str = ""  # where in the file: "p. 3", "0:12"; empty for a single picture
    fingerprint: str = ""  # its perceptual hash, 16 hex digits; empty where there is none


def own_labels(rule: Rule) -> list[str]:
    """Return the rule's labels of the first model; a second one's have its name in front."""
    return [label for label in rule.labels if SECOND not in label]


def weight(rule: Rule, scores: Scores) -> float:
    """Return what the rule's labels add up to in one view."""
    # A second model is only asked about some pictures; of the others it says nothing.
    second = (label for label in rule.labels if SECOND in label)
    own = sum(scores[label] for label in own_labels(rule))
    return own + sum(scores.get(label, 0.0) for label in second)


def heaviest(rule: Rule, views: Sequence[View]) -> tuple[float, View]:
    """Return the view in which the rule weighs most, with that weight."""
    return max(((weight(rule, view.scores), view) for view in views), key=lambda pair: pair[0])


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
