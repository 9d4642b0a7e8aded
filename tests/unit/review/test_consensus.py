"""Several people's words, and the one that counts."""

from typing import Any

import pytest

from bot.review.consensus import OPEN, settle
from bot.review.outcomes import Answer
from bot.settings.reviewing import Consensus, ReviewSettings
from support.reviews import review

HIT, MISS, NONE = Answer.HIT, Answer.MISS, Answer.NONE


def words(text: str) -> list[Any]:
    """Return reviews from `Ann:ok Bob:scope`, one after the other."""
    pairs = [word.split(":") for word in text.split()]
    return [
        review(1, outcome, reviewer=name, reference=number, reviewed_at=float(number))
        for number, (name, outcome) in enumerate(pairs)
    ]


def rule(consensus: Consensus, agreeing: int = 2) -> ReviewSettings:
    return ReviewSettings(consensus=consensus, agreeing=agreeing)


@pytest.mark.parametrize(
    ("said", "first", "latest", "majority", "agreeing"),
    [
        ("", None, None, None, None),
        ("Ann:ok", MISS, MISS, MISS, None),
        ("Ann:ok Bob:scope", MISS, HIT, None, None),
        ("Ann:ok Bob:scope Cem:deleted", MISS, HIT, HIT, HIT),
        ("Ann:scope Bob:scope Cem:ok", HIT, MISS, HIT, HIT),
        ("Ann:scope Ann:ok", MISS, MISS, MISS, None),
        ("Ann:scope Bob:ok Ann:ok", MISS, MISS, MISS, MISS),
        ("Ann:unsure", NONE, NONE, NONE, NONE),
        ("Ann:unsure Bob:ok", MISS, MISS, MISS, None),
        ("Ann:ok Ann:unsure", NONE, NONE, NONE, NONE),
        ("Ann:ok Bob:ok Cem:scope Dan:scope", MISS, HIT, None, None),
    ],
)
def test_each_rule(
    said: str,
    first: Answer | None,
    latest: Answer | None,
    majority: Answer | None,
    agreeing: Answer | None,
) -> None:
    given = words(said)
    assert settle(given, rule("first")).answer is first
    assert settle(given, rule("latest")).answer is latest
    assert settle(given, rule("majority")).answer is majority
    assert settle(given, rule("agreeing")).answer is agreeing


def test_what_was_withdrawn_or_set_aside_is_as_if_never_said() -> None:
    gone = [review(1, "ok", withdrawn=True), review(1, "ok", set_aside="uploader")]
    assert settle(gone, rule("latest")) == OPEN


def test_deleting_for_another_reason_does_not_retract_what_one_said() -> None:
    said = [
        review(1, "ok", reviewer="Admin", reviewed_at=1.0),
        review(
            1, "deleted", reviewer="Admin", reviewed_at=2.0, source="deletion", reason="copyvio"
        ),
    ]
    assert settle(said, rule("latest")).answer is MISS
    assert settle(said[1:], rule("latest")).answer is NONE
