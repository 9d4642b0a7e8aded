"""Advice on thresholds, from figures counted by hand."""

from typing import Any

from bot.ledger import Suggestion
from bot.review.consensus import Settled
from bot.review.outcomes import Answer
from bot.statistics.cases import Case
from bot.statistics.interval import wilson
from bot.statistics.thresholds import advise

HIT, MISS = Answer.HIT, Answer.MISS


def cases(answer: Answer | None, confidence: float, count: int, **changes: Any) -> list[Case]:
    one = Suggestion(
        log_id=1,
        kind="log-page",
        page="P",
        title="File:1.jpg",
        uploader="Uploader",
        sha1="a" * 40,
        medium=changes.get("medium", "image"),
        model="model@1",
        suggested_at=0,
        sent_at=0,
        entry={"rule": "explicit", "confidence": confidence},
    )
    return [Case(one, Settled(answer), None)] * count


# 40 hits at 0.95 and 0.90; at 0.85 half are hits; at 0.80 none.
STEPS = [
    *cases(HIT, 0.95, 20),
    *cases(HIT, 0.90, 20),
    *cases(HIT, 0.85, 20),
    *cases(MISS, 0.85, 20),
    *cases(MISS, 0.80, 40),
    *cases(None, 0.95, 10),
]


def test_the_lowest_score_that_surely_meets_the_wish_is_named() -> None:
    (advice,) = advise(STEPS, 0.6, days=10)
    # From 0.85: 60 of 80, at least 0.645 with 95 % confidence; from 0.80: 60 of 120.
    assert advice.threshold == 0.85
    assert (advice.precision.count, advice.precision.total) == (60, 80)
    assert round(advice.precision.low or 0, 3) == 0.645
    assert advice.per_day == (80 + 10) / 10


def test_a_lower_wish_makes_a_longer_queue() -> None:
    (advice,) = advise(STEPS, 0.4, days=10)
    assert (advice.threshold, advice.per_day) == (0.80, 13.0)


def test_a_wish_that_was_never_met_is_said_to_be() -> None:
    (advice,) = advise([*cases(MISS, 0.9, 30), *cases(HIT, 0.9, 10)], 0.6, days=1)
    assert advice.threshold is None
    assert advice.reason == "at no score is the wish met"


def test_a_wish_that_may_be_met_is_not_promised() -> None:
    (advice,) = advise([*cases(HIT, 0.9, 16), *cases(MISS, 0.9, 9)], 0.6, days=1)
    assert advice.threshold is None
    assert "do not suffice to say so" in advice.reason


def test_too_few_answers_are_said_to_be_too_few() -> None:
    (advice,) = advise([*cases(HIT, 0.9, 19), *cases(None, 0.9, 99)], 0.6, days=2)
    assert advice.threshold is None
    assert advice.reason == "19 answers do not suffice, at least 20 are needed"
    assert advice.precision == wilson(19, 19)
    assert advice.per_day == 59


def test_kinds_of_file_are_answered_apart() -> None:
    found = advise([*cases(HIT, 0.9, 40), *cases(MISS, 0.9, 40, medium="video")], 0.6, days=1)
    assert [(one.medium, one.threshold) for one in found] == [("image", 0.9), ("video", None)]


def test_without_suggestions_there_is_no_advice() -> None:
    assert advise([], 0.6, days=1) == []
