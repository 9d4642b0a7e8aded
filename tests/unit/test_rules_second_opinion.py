"""What the rules and the entry make of a second model's scores."""

from datetime import UTC, datetime
from functools import partial

from bot.ledger import Job
from bot.publish.entry import call_of, compose
from bot.rules import Facts, Hit, View, cause, disagreement, judge, unknown_labels
from bot.settings.rules import Rule, Thresholds
from bot.settings.scoring import SecondOpinionSettings

FIRST = {"porn": 0.4, "hentai": 0.1, "neutral": 0.5}
BOTH = FIRST | {"open-nsfw/nsfw": 0.9, "open-nsfw/sfw": 0.1}
EXPLICIT = Rule(name="explicit", labels=("porn", "hentai"))
SECOND = Rule(name="second", labels=("open-nsfw/nsfw",), at_least=Thresholds(image=0.8))
OPINION = SecondOpinionSettings(name="open-nsfw")


def test_a_rule_on_the_second_model_applies_where_it_was_asked() -> None:
    asked, not_asked = View(BOTH, "p. 2"), View(FIRST, "p. 1")
    verdict = judge([EXPLICIT, SECOND], [not_asked, asked], Facts(medium="image"))
    assert verdict.hits == (Hit("second", ("log",), 0.9, "p. 2"),)


def test_where_the_second_model_was_not_asked_its_rule_does_not_apply() -> None:
    assert judge([SECOND], [View(FIRST)], Facts(medium="image")).hits == ()


def test_a_rule_may_name_the_labels_of_either_model() -> None:
    assert unknown_labels([EXPLICIT, SECOND], list(BOTH)) == []
    assert unknown_labels([SECOND], list(FIRST)) == ["open-nsfw/nsfw"]


def test_an_explanation_is_of_the_first_model() -> None:
    assert cause([SECOND, EXPLICIT], [View(BOTH)]).label == "porn"


def test_disagreement_is_the_distance_of_the_two_sums() -> None:
    assert disagreement(BOTH, OPINION) == 0.9 - 0.5
    assert disagreement(FIRST, OPINION) is None


def test_an_entry_says_how_far_the_models_differ() -> None:
    job = Job(
        log_id=7,
        title="File:A.jpg",
        user="U",
        sha1=None,
        uploaded_at=datetime(2026, 11, 22, tzinfo=UTC),
        attempt=1,
        lease="l",
    )
    hit = Hit("explicit", ("log",), 0.5, "")
    entry = partial(compose, job, hit, title="File:A.jpg", sha1="a", model="m", partial=False)
    assert "a second model differs by 0.40" in call_of(entry(BOTH, disagreement=0.4)).note
    assert "second model" not in call_of(entry(FIRST)).note
