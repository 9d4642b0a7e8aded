"""Scores to verdicts: pure, monotonic, and never safe by default."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import Facts, View, cause, judge, unknown_labels
from bot.settings.rules import DEFAULT_RULES, Rule, Thresholds
from bot.settings.values import Medium
from support.properties import PATIENT

LABELS = ("drawing", "hentai", "neutral", "porn", "sexy")
SHARES = st.floats(0.0, 1.0)
SCORES = st.fixed_dictionaries(dict.fromkeys(LABELS, SHARES))
VIEWS = st.lists(st.builds(View, SCORES, st.text(max_size=5)), min_size=1, max_size=5)
THRESHOLDS = st.builds(Thresholds, image=SHARES, video=SHARES, document=SHARES)
MEDIA: st.SearchStrategy[Medium] = st.sampled_from(["image", "video", "document"])
SOME_LABELS = st.lists(st.sampled_from(LABELS), min_size=1, unique=True).map(tuple)
RULES = st.lists(
    st.builds(
        Rule,
        name=st.sampled_from(["a", "b", "c"]),
        labels=SOME_LABELS,
        at_least=THRESHOLDS,
        shadow=st.booleans(),
    ),
    max_size=3,
)


def view(place: str = "", **scores: float) -> View:
    return View({**dict.fromkeys(LABELS, 0.0), **scores}, place)


def rule(name: str = "explicit", **fields: Any) -> Rule:
    return Rule(**{"name": name, "labels": ("porn", "hentai"), **fields})


def test_the_scores_of_a_rules_labels_add_up() -> None:
    verdict = judge([rule()], [view(porn=0.5, hentai=0.375)], Facts(medium="image"))
    assert verdict.word == "review"
    assert [(hit.rule, hit.confidence) for hit in verdict.hits] == [("explicit", 0.875)]


def test_a_sum_just_at_the_threshold_applies_and_just_below_does_not() -> None:
    at_least = Thresholds(image=0.75)
    assert judge([rule(at_least=at_least)], [view(porn=0.75)], Facts(medium="image")).hits
    assert not judge([rule(at_least=at_least)], [view(porn=0.7499)], Facts(medium="image")).hits


@pytest.mark.parametrize(("medium", "hit"), [("image", True), ("video", False), ("document", True)])
def test_each_medium_has_a_threshold_of_its_own(medium: Medium, *, hit: bool) -> None:
    at_least = Thresholds(image=0.5, video=0.9, document=0.7)
    assert (
        bool(judge([rule(at_least=at_least)], [view(porn=0.8)], Facts(medium=medium)).hits) is hit
    )


def test_the_view_that_weighs_most_is_named() -> None:
    views = [view("p. 1", porn=0.85), view("p. 3", hentai=0.95), view("p. 5", neutral=1.0)]
    (hit,) = judge([rule()], views, Facts(medium="document")).hits
    assert (hit.place, hit.confidence) == ("p. 3", 0.95)


def test_the_cause_is_the_heaviest_rules_strongest_label_where_that_rule_weighs_most() -> None:
    views = [view("p. 1", porn=0.7), view("p. 2", hentai=0.5, porn=0.3), view("p. 3", sexy=0.75)]
    found = cause(DEFAULT_RULES, views)
    assert (found.rule, found.label, found.view.place) == ("explicit", "hentai", "p. 2")


def test_a_file_that_no_rule_applies_to_has_a_cause_of_its_weight_too() -> None:
    found = cause(DEFAULT_RULES, [view(neutral=0.9, sexy=0.1)])
    assert (found.rule, found.label) == ("suggestive", "sexy")


def test_a_record_is_no_review() -> None:
    verdict = judge([rule(shadow=True)], [view(porn=1.0)], Facts(medium="image"))
    assert verdict.hits
    assert verdict.review is None
    assert verdict.word == "cleared"


def test_hits_keep_the_order_of_the_rules_and_the_first_review_leads() -> None:
    rules = [rule("shadow", shadow=True), rule("second"), rule("third")]
    verdict = judge(rules, [view(porn=1.0)], Facts(medium="image"))
    assert [hit.rule for hit in verdict.hits] == ["shadow", "second", "third"]
    assert verdict.review
    assert verdict.review.rule == "second"


def test_by_default_the_explicit_is_reviewed_and_the_suggestive_recorded() -> None:
    assert judge(DEFAULT_RULES, [view(porn=0.9)], Facts(medium="image")).word == "review"
    suggestive = judge(DEFAULT_RULES, [view(sexy=0.9)], Facts(medium="image"))
    assert [hit.rule for hit in suggestive.hits] == ["suggestive"]
    assert suggestive.word == "cleared"


@pytest.mark.parametrize("score", [float("nan"), float("inf")])
def test_what_was_not_scored_is_never_safe(score: float) -> None:
    for views in ([], [view(neutral=1.0), view(neutral=score)]):
        with pytest.raises(ValueError, match="no verdict"):
            judge(DEFAULT_RULES, views, Facts(medium="image"))


def test_a_label_that_the_model_does_not_give_is_an_error_and_can_be_found_before() -> None:
    rules = [rule(labels=("drawing", "ink", "chalk")), rule("other", labels=("ink",))]
    assert unknown_labels(rules, LABELS) == ["chalk", "ink"]
    assert unknown_labels(DEFAULT_RULES, LABELS) == []
    with pytest.raises(KeyError):
        judge(rules, [view()], Facts(medium="image"))


@PATIENT
@given(RULES, VIEWS, MEDIA, SHARES)
def test_raising_a_threshold_never_adds_hits(
    rules: list[Rule], views: list[View], medium: Medium, higher: float
) -> None:
    raised = [_raised(rule, medium, higher) for rule in rules]
    assert set(judge(raised, views, Facts(medium=medium)).hits) <= set(
        judge(rules, views, Facts(medium=medium)).hits
    )


def _raised(rule: Rule, medium: Medium, value: float) -> Rule:
    threshold = max(getattr(rule.at_least, medium), value)
    return rule.model_copy(
        update={"at_least": rule.at_least.model_copy(update={medium: threshold})}
    )


@PATIENT
@given(RULES, VIEWS, VIEWS, MEDIA)
def test_more_views_never_take_a_hit_away(
    rules: list[Rule], views: list[View], more: list[View], medium: Medium
) -> None:
    before = {hit.rule for hit in judge(rules, views, Facts(medium=medium)).hits}
    assert before <= {hit.rule for hit in judge(rules, views + more, Facts(medium=medium)).hits}


@PATIENT
@given(RULES, VIEWS, MEDIA)
def test_a_file_is_up_for_review_exactly_when_a_rule_that_reviews_applies(
    rules: list[Rule], views: list[View], medium: Medium
) -> None:
    verdict = judge(rules, views, Facts(medium=medium))
    assert (verdict.word == "review") is any(hit.acts for hit in verdict.hits)
