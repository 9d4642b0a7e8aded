"""The order of the rules: what ignores, what stays in the shadow, and what has to be asked."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.rules import Facts, FilePage, Uploader, View, judge, needs
from bot.settings.conditions import Conditions
from bot.settings.rules import DEFAULT_RULES, Rule, Thresholds
from support.properties import PATIENT

LABELS = ("drawing", "hentai", "neutral", "porn", "sexy")
UNKNOWN = Facts(medium="image")
BOT = Uploader(groups=("bot",), edits=9_000)
NEW = Uploader(edits=3)
OLD = Uploader(edits=4_000)


def view(**scores: float) -> View:
    return View({**dict.fromkeys(LABELS, 0.0), **scores})


STRIKING = [view(porn=0.9)]
DULL = [view(neutral=1.0)]


def facts(**known: Any) -> Facts:
    return Facts(medium="image", judged_at=datetime(2026, 11, 22, tzinfo=UTC), **known)


def rule(name: str, *, when: dict[str, Any] | None = None, **fields: Any) -> Rule:
    labels = () if fields.get("actions") == ("ignore",) else ("porn",)
    return Rule(name=name, when=Conditions.of(**when or {}), labels=labels, **fields)


SPARE_SVG = rule("svg", when={"mime": ("image/svg+xml",)}, actions=("ignore",))
FLAG = rule("flag")


def test_a_rule_that_ignores_ends_the_reading() -> None:
    verdict = judge([SPARE_SVG, FLAG], STRIKING, facts(mime="image/svg+xml"))
    assert [hit.rule for hit in verdict.hits] == ["svg"]
    assert (verdict.word, verdict.actions, verdict.review) == ("ignored", (), None)
    assert verdict.decisive
    assert verdict.decisive.rule == "svg"


def test_what_stands_above_the_rule_that_ignores_counts() -> None:
    verdict = judge([FLAG, SPARE_SVG, rule("below")], STRIKING, facts(mime="image/svg+xml"))
    assert [hit.rule for hit in verdict.hits] == ["flag", "svg"]
    assert verdict.word == "review"


def test_a_file_that_nothing_would_suggest_is_cleared_and_not_ignored() -> None:
    assert judge([SPARE_SVG, FLAG], DULL, facts(mime="image/svg+xml")).word == "cleared"


def test_a_rule_in_shadow_is_recorded_and_changes_nothing() -> None:
    shadow = SPARE_SVG.model_copy(update={"shadow": True})
    verdict = judge([shadow, FLAG], STRIKING, facts(mime="image/svg+xml"))
    assert [(hit.rule, hit.shadow) for hit in verdict.hits] == [("svg", True), ("flag", False)]
    assert verdict.word == "review"
    alone = judge([rule("tried", shadow=True)], STRIKING, UNKNOWN)
    assert (alone.word, alone.actions, len(alone.hits)) == ("cleared", (), 1)


def test_actions_add_up_and_the_first_rule_gives_tier_and_reason() -> None:
    rules = [
        rule("first", tier="high", reason="by a new uploader"),
        rule("second", tier="low", actions=("category", "log")),
        rule("third", actions=("tag",), at_least=Thresholds(image=0.95)),
    ]
    verdict = judge(rules, STRIKING, UNKNOWN)
    assert verdict.actions == ("log", "category")
    assert verdict.review
    assert (verdict.review.tier, verdict.review.reason) == ("high", "by a new uploader")


def test_a_rule_without_labels_that_ignores_names_no_score() -> None:
    (hit,) = judge([SPARE_SVG], STRIKING, facts(mime="image/svg+xml")).hits
    assert hit.confidence == 0


# By default bots and those who need no patrol are left alone, and new uploaders come first.


def test_by_default_bots_are_ignored_and_new_uploaders_come_first() -> None:
    assert judge(DEFAULT_RULES, STRIKING, facts(uploader=BOT)).word == "ignored"
    new = judge(DEFAULT_RULES, STRIKING, facts(uploader=NEW))
    old = judge(DEFAULT_RULES, STRIKING, facts(uploader=OLD))
    assert new.review
    assert old.review
    assert (new.review.rule, new.review.tier) == ("new-uploader", "high")
    assert (old.review.rule, old.review.tier) == ("explicit", "medium")
    assert new.actions == old.actions == ("log",)


def test_an_uploader_of_whom_nothing_is_known_is_never_ignored() -> None:
    assert judge(DEFAULT_RULES, STRIKING, UNKNOWN).word == "review"


# What has to be asked.


def test_a_file_below_every_threshold_needs_nothing() -> None:
    assert needs(DEFAULT_RULES, DULL, facts()) == set()
    assert needs(DEFAULT_RULES, STRIKING, facts()) == {"uploader"}
    assert needs(DEFAULT_RULES, STRIKING, facts(uploader=NEW)) == set()


def test_only_rules_that_can_still_matter_ask() -> None:
    page = rule("page", when={"page": {"templates": ("A",)}}, actions=("ignore",))
    before = {"uploader": {"suggested_before": {"at_least": 1}}}
    assert needs([FLAG, page], STRIKING, facts()) == set()
    assert needs([page, FLAG], STRIKING, facts()) == {"page"}
    assert needs([rule("again", when=before)], STRIKING, facts()) == {"record"}
    svg = facts(mime="image/svg+xml")
    assert needs([SPARE_SVG, page, FLAG], STRIKING, svg) == set()
    assert needs([rule("video", when={"media": ("video",)}), page], STRIKING, facts()) == set()


GROUPS = st.sampled_from([(), ("bot",), ("sysop",)])
UPLOADERS = st.builds(Uploader, groups=GROUPS, edits=st.integers(0, 300))
PAGES = st.builds(FilePage, templates=st.sampled_from([(), ("A",)]))
WHEN = st.sampled_from(
    [
        {},
        {"uploader": {"groups": ("bot",)}},
        {"uploader": {"edits": {"below": 150}}},
        {"page": {"templates": ("A",)}},
        {"mime": ("image/png",)},
    ]
)
SUGGESTING = st.builds(
    rule,
    name=st.just("suggest"),
    when=WHEN,
    shadow=st.booleans(),
    actions=st.sampled_from([("log",), ("tag", "log")]),
    at_least=st.builds(Thresholds, image=st.floats(0, 1)),
)
IGNORING = st.builds(
    rule,
    name=st.just("ignore"),
    when=WHEN.filter(bool),
    shadow=st.booleans(),
    actions=st.just(("ignore",)),
)
RULES = st.lists(SUGGESTING | IGNORING, max_size=4)
VIEWS = st.floats(0, 1).map(lambda share: [view(porn=share)])


@PATIENT
@given(RULES, VIEWS, UPLOADERS, PAGES)
def test_what_is_not_asked_for_changes_no_verdict(
    rules: list[Rule], views: list[View], uploader: Uploader, page: FilePage
) -> None:
    wanted = needs(rules, views, facts(mime="image/png"))
    whole = judge(rules, views, facts(mime="image/png", uploader=uploader, page=page))
    asked = facts(
        mime="image/png",
        uploader=uploader if "uploader" in wanted else None,
        page=page if "page" in wanted else None,
    )
    got = judge(rules, views, asked)
    assert (got.word, got.actions, got.review) == (whole.word, whole.actions, whole.review)
    assert [hit for hit in got.hits if hit.shadow and hit.acts] == [
        hit for hit in whole.hits if hit.shadow and hit.acts
    ]


@PATIENT
@given(RULES, VIEWS, UPLOADERS)
def test_ignored_is_what_would_be_review_without_the_rules_that_ignore(
    rules: list[Rule], views: list[View], uploader: Uploader
) -> None:
    known = facts(mime="image/png", uploader=uploader, page=FilePage())
    verdict = judge(rules, views, known)
    without = judge([rule for rule in rules if not rule.ignores], views, known)
    assert (verdict.word == "ignored") is (verdict.word != without.word == "review")
