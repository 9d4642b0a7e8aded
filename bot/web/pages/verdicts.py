"""A verdict as the pages show it: every model's scores, the rules, and where it all came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.ledger import KnownVerdict
from bot.rules import View
from bot.rules.views import SECOND
from bot.settings.rules import Rule
from bot.videos.places import heaviest
from bot.web.pages.items import Scored, by_score
from bot.web.pages.moments import Timeline, timeline

MOST_VIEWS: Final = 60  # listed
PARTS: Final = ("Model", "Weights (sha256)", "Preprocessing", "Precision")


@dataclass(frozen=True, slots=True)
class Hit:
    """One rule that applied."""

    rule: str
    reason: str
    tier: str
    confidence: float
    threshold: float | None
    place: str
    shadow: bool
    ignores: bool


@dataclass(frozen=True, slots=True)
class Opinion:
    """The scores of one model in the view that weighs most."""

    model: str
    scores: Scored


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One verdict."""

    known: KnownVerdict
    opinions: Sequence[Opinion]
    place: str
    hits: Sequence[Hit]
    views: Sequence[tuple[str, Scored]]
    left_out: int
    timeline: Timeline | None
    threshold: float | None
    provenance: Sequence[tuple[str, str]]


def shown(known: KnownVerdict, rules: Sequence[Rule], explicit: Sequence[str]) -> Shown:
    """Return a verdict; what weighs most is told by the rules, else by `explicit` labels."""
    views = [View(one["scores"], one.get("place", "")) for one in known.views]
    value = _value(views, rules, explicit)
    ordered = sorted(views, key=lambda view: -value(view.scores))
    threshold = min(known.thresholds.values(), default=None)
    line = timeline(views, value, 1.0 if threshold is None else threshold)
    return Shown(
        known=known,
        opinions=_opinions(known.model, ordered[0].scores) if ordered else [],
        place=ordered[0].place if ordered else "",
        hits=[_hit(hit, known) for hit in known.hits or ()],
        views=[(view.place, by_score(view.scores)) for view in ordered[:MOST_VIEWS]],
        left_out=max(0, len(ordered) - MOST_VIEWS),
        timeline=line if known.medium == "video" else None,
        threshold=threshold,
        provenance=_provenance(known),
    )


def _value(views: Sequence[View], rules: Sequence[Rule], explicit: Sequence[str]) -> Any:
    given = set(views[0].scores) if views else set()
    weighing = [rule for rule in rules if rule.labels and _own(rule) <= given]
    if weighing:
        return lambda scores: heaviest(weighing, scores)
    return lambda scores: sum(scores.get(label, 0.0) for label in explicit)


def _own(rule: Rule) -> set[str]:
    return {label for label in rule.labels if SECOND not in label}


def _opinions(model: str, scores: Mapping[str, float]) -> list[Opinion]:
    """Return the scores apart for each model; a second one's labels have its name in front."""
    first = model.partition("/")[0]
    by_model: dict[str, dict[str, float]] = {first: {}}
    for name, score in scores.items():
        other, found, label = name.partition(SECOND)
        own = by_model.setdefault(other if found else first, {})
        own[label or name] = score
    return [Opinion(name, by_score(own)) for name, own in by_model.items() if own]


def _hit(hit: Mapping[str, Any], known: KnownVerdict) -> Hit:
    rule = hit.get("rule", "")
    return Hit(
        rule=rule,
        reason=hit.get("reason", ""),
        tier=hit.get("tier", "medium"),
        confidence=hit.get("confidence", 0.0),
        threshold=known.thresholds.get(rule),
        place=hit.get("place", ""),
        shadow=hit.get("shadow", False),
        ignores="ignore" in hit.get("actions", ()),
    )


def _provenance(known: KnownVerdict) -> list[tuple[str, str]]:
    """Return what made the scores, as far as the model's key tells; see `Engine.version`."""
    parts = known.model.split("/")
    named = zip(PARTS, parts, strict=False) if len(parts) == len(PARTS) else ()
    return [*named, ("Version of the model", known.model), ("sha1 of the file", known.sha1)]
