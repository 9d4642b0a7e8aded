"""Whose word counts, and why another's does not."""

import pytest

from bot.ledger import Suggestion
from bot.review.outcomes import Outcome
from bot.review.reviewers import set_aside
from bot.review.words import Word
from bot.settings.reviewing import ReviewSettings

SUGGESTION = Suggestion(
    log_id=1,
    kind="log-page",
    page="P",
    title="File:1.jpg",
    uploader="Uploader",
    sha1="a" * 40,
    medium="image",
    model="model@1",
    suggested_at=0,
    sent_at=0,
    entry={},
)
GROUPS = {
    "Ann": frozenset({"autoconfirmed", "patroller"}),
    "Bob": frozenset({"autoconfirmed"}),
    "New": frozenset[str](),
    "Uploader": frozenset({"autoconfirmed"}),
    "Machine": frozenset({"autoconfirmed", "bot"}),
}
EVERYBODY = ReviewSettings(reviewer_groups=(), exclude_uploader=False, exclude_bots=False)


def why_not(name: str, settings: ReviewSettings) -> str | None:
    word = Word(suggestion=SUGGESTION, outcome=Outcome.OK, reviewer=name, said_at=0.0, reference=1)
    return set_aside(word, GROUPS, settings)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Ann", None),
        ("Bob", None),
        ("New", "outsider"),
        ("192.0.2.7", "outsider"),
        ("Uploader", "uploader"),
        ("Machine", "bot"),
    ],
)
def test_by_default_bots_uploaders_and_outsiders_do_not_count(
    name: str, reason: str | None
) -> None:
    assert why_not(name, ReviewSettings()) == reason


@pytest.mark.parametrize("name", [*GROUPS, "192.0.2.7"])
def test_everybody_can_be_made_to_count(name: str) -> None:
    assert why_not(name, EVERYBODY) is None


def test_groups_can_be_named() -> None:
    patrollers = ReviewSettings(reviewer_groups=("patroller", "sysop"))
    assert why_not("Ann", patrollers) is None
    assert why_not("Bob", patrollers) == "outsider"


def test_users_can_be_named_as_in_an_address() -> None:
    assert why_not("Bob", ReviewSettings(exclude_users=("Bob",))) == "named"
