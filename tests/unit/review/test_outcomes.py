"""The words people write, and what they say about a suggestion."""

import pytest

from bot.review.outcomes import Answer, Outcome, Reason, answer_of, outcome_of


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("ok", Outcome.OK),
        (" OK ", Outcome.OK),
        ("ok [[User:Bob|Bob]] 12:00", Outcome.OK),
        ("False positive", Outcome.FALSE_POSITIVE),
        ("false-positive", Outcome.FALSE_POSITIVE),
        ("fp", Outcome.FALSE_POSITIVE),
        ("scope, see DR", Outcome.SCOPE),
        ("copyvio", Outcome.COPYVIO),
        ("deleted", Outcome.DELETED),
        ("kept", Outcome.KEPT),
        ("unsure?", Outcome.UNSURE),
        ("okay", Outcome.OTHER),
        ("{{keep}}", Outcome.OTHER),
        ("", None),
        (" \n", None),
    ],
)
def test_a_state_is_read_by_its_first_word(state: str, outcome: Outcome | None) -> None:
    assert outcome_of(state) is outcome


def test_every_outcome_has_a_meaning() -> None:
    misses = {one for one in Outcome if answer_of(one) is Answer.MISS}
    hits = {one for one in Outcome if answer_of(one) is Answer.HIT}
    assert misses == {Outcome.OK, Outcome.FALSE_POSITIVE, Outcome.KEPT}
    assert hits == {Outcome.SCOPE, Outcome.DELETED}


@pytest.mark.parametrize("reason", list(Reason))
def test_a_deletion_confirms_only_for_a_reason_that_was_suggested(reason: Reason) -> None:
    confirming = {Reason.NUDITY, Reason.SCOPE, Reason.PERSONAL}
    expected = Answer.HIT if reason in confirming else Answer.NONE
    assert answer_of(Outcome.DELETED, reason) is expected
