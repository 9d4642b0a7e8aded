"""How long the queue would be at each threshold, and how often it would be right."""

from datetime import UTC, datetime

import pytest

from bot.ledger import Precedent, Suggestion
from bot.review.consensus import Settled
from bot.review.outcomes import Answer
from bot.rules.verdict import MARKED_FINE
from bot.settings.conditions import Conditions
from bot.settings.rules import Rule, Thresholds
from bot.statistics.cases import Case
from bot.statistics.curve import THRESHOLDS, Curve, Weights, curve, step
from bot.statistics.interval import wilson

AT = datetime(2026, 11, 22, tzinfo=UTC)
RULE = Rule(
    name="drawn",
    labels=("drawing", "hentai"),
    at_least=Thresholds(image=0.8),
    when=Conditions.of(uploader={"edits": {"below": 150}}),
)
IGNORING = Rule(name="trusted", labels=("drawing",), actions=("ignore",))


def precedent(*scores: float, edits: int | None = None, **changes: object) -> Precedent:
    """Return a file with a view for each score."""
    facts = {"medium": "image", "uploader": {"groups": [], "edits": edits}}
    views = [{"scores": {"drawing": one, "hentai": 0.0}, "place": ""} for one in scores]
    whole: dict[str, object] = {
        "log_id": 1,
        "title": "File:1.jpg",
        "user": "A",
        "uploaded_at": AT,
        "decided_at": AT,
        "verdict": "cleared",
        "rule": None,
        "confidence": None,
        "facts": None if edits is None else facts,
        "model": "m",
        "medium": "image",
        "views": views,
        "partial": False,
    }
    return Precedent(**{**whole, **changes})  # type: ignore[arg-type]


def case(confidence: float, answer: Answer | None, *, rule: str = "drawn") -> Case:
    """Return a suggestion and its answer."""
    suggestion = Suggestion(
        log_id=1,
        kind="log-page",
        page="P",
        title="File:1.jpg",
        uploader="A",
        sha1="0",
        medium="image",
        model="m",
        suggested_at=0.0,
        sent_at=None,
        entry={"rule": rule, "confidence": confidence},
    )
    return Case(suggestion, Settled(answer), None)


def made(*files: Precedent, cases: tuple[Case, ...] = (), medium: str = "image") -> Curve:
    weights = Weights([IGNORING, RULE])
    for one in files:
        weights.add(one)
    return curve(RULE, medium, weights, cases, days=2.0)


@pytest.mark.parametrize(
    ("score", "reached"), [(0.0, 0.0), (0.8, 0.8), (0.8049, 0.8), (0.805, 0.805), (1.001, 1.0)]
)
def test_a_score_reaches_the_threshold_at_or_below_it(score: float, reached: float) -> None:
    assert THRESHOLDS[step(score)] == reached


def test_files_are_counted_from_each_threshold_on() -> None:
    drawn = made(
        precedent(0.1, 0.9),
        precedent(0.85),
        precedent(0.85, edits=10),
        precedent(0.99, edits=1000),  # the condition does not hold
        precedent(0.95, verdict=MARKED_FINE),
        precedent(0.95, medium="video"),
    )
    assert drawn.files[0] == 3
    assert [drawn.per_day(at) for at in (0.8, 0.85, 0.86, 0.9, 0.905, 1.0)] == [
        1.5,
        1.5,
        0.5,
        0.5,
        0.0,
        0.0,
    ]
    assert drawn.threshold == 0.8
    assert made(precedent(0.95, medium="video"), medium="video").per_day(0.9) == 0.5


def test_a_rule_is_left_out_where_the_model_gives_no_such_label() -> None:
    other = precedent(views=[{"scores": {"nsfw": 1.0}, "place": ""}])
    assert made(other).files[0] == 0


def test_precision_is_told_from_the_lowest_suggestion_on() -> None:
    drawn = made(
        cases=(
            case(0.80, Answer.MISS),
            case(0.82, Answer.MISS),
            case(0.90, Answer.HIT),
            case(0.95, Answer.HIT),
            case(0.97, None),
            case(0.99, Answer.NONE),
            case(0.70, Answer.HIT, rule="another"),
        )
    )
    assert drawn.asked_from == 0.80
    assert drawn.right(0.795) is None
    assert drawn.right(0.80) == wilson(2, 4)
    assert drawn.right(0.82) == wilson(2, 3)
    assert drawn.right(0.91) == wilson(1, 1)
    assert drawn.right(1.0) == wilson(0, 0)


def test_without_suggestions_nothing_is_known() -> None:
    assert made(precedent(0.9)).right(0.9) is None
