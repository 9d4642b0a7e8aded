"""Pages and frames through the aggregation of videos: the decision, and what is reported beside."""

import pytest

from bot.rules import Facts, View, judge
from bot.series import Series, account, by_any_rule, lines, page
from bot.settings.conditions import Conditions
from bot.settings.rules import Rule, Thresholds
from model.video.score import Moment

PAGES = 300
AT_LEAST = Thresholds(image=0.5, video=0.5, document=0.8)
DRAWN = Rule(name="drawn", labels=("drawing",), at_least=AT_LEAST)
SEXY = Rule(name="sexy", labels=("sexy",), at_least=AT_LEAST)
FACTS_ONLY = Rule(
    name="facts", actions=("ignore",), when=Conditions.of(uploader={"groups": ("bot",)})
)
RULES = (FACTS_ONLY, DRAWN, SEXY)


def moment(at: float, drawing: float, number: int = 0, sexy: float = 0.0) -> Moment:
    rest = 1 - drawing - sexy
    return Moment(at, {"drawing": drawing, "neutral": rest, "sexy": sexy}, number=number)


def book(high: dict[int, float], pages: int = PAGES) -> Series:
    """Return a document all of whose pages were looked at."""
    moments = tuple(moment(n, high.get(n, 0.02), n) for n in range(1, pages + 1))
    return Series(moments=moments, end=pages + 1, unit="pages", whole=pages, unseen=0)


def test_one_page_of_three_hundred_decides_and_is_named() -> None:
    series = book({137: 0.95})
    summary = by_any_rule(series, RULES, "document")
    assert summary
    assert (summary.overall, summary.maximum, series.place(summary.at_s)) == (0.95, 0.95, "p. 137")
    assert summary.longest_run_s == 1
    assert summary.share_above == pytest.approx(1 / PAGES)


def test_the_decision_is_what_the_rules_weigh_in_the_stored_views() -> None:
    series = book({7: 0.85, 8: 0.9, 9: 0.7})
    views = [View(one.scores, page(int(one.time_s))) for one in series.moments]
    hit = judge(RULES, views, Facts(medium="document")).review
    told = {one["rule"]: one for one in account(series, RULES, "document")["rules"]}
    assert hit
    assert (hit.rule, hit.place) == ("drawn", "p. 8")
    assert hit.confidence == told["drawn"]["overall"] == 0.9
    assert told["drawn"]["longest_run"] == 2
    assert told["drawn"]["threshold"] == 0.8
    assert told["sexy"]["overall"] == 0


def test_each_kind_of_file_has_its_own_threshold() -> None:
    series = book({7: 0.7})
    assert account(series, [DRAWN], "document")["rules"][0]["share_above"] == 0
    assert account(series, [DRAWN], "image")["rules"][0]["share_above"] > 0


def test_a_frame_that_is_shown_again_counts_for_the_time_that_it_is_shown() -> None:
    first, drawn = moment(0, 0.1, 0), moment(1, 0.9, 1)
    again = Moment(3, first.scores, repeated=True, number=0)
    back = Moment(4, drawn.scores, repeated=True, number=1)
    series = Series(
        moments=(first, drawn, again, back), end=5.0, unit="seconds", whole=50, unseen=0
    )
    summary = by_any_rule(series, RULES, "image")
    assert summary
    assert summary.longest_run_s == 2
    assert summary.share_above == pytest.approx(3 / 5)
    assert next(lines(series, RULES, "image")) == "50 frames, 2 scored"


def test_a_person_reads_where_to_look_and_what_was_left_out() -> None:
    whole = book({2: 0.95, 3: 0.9}, pages=4)
    part = Series(moments=whole.moments, end=whole.end, unit="pages", whole=9, unseen=5)
    told = list(lines(part, RULES, "document"))
    assert told[0] == "9 pages, 4 scored"
    assert told[1] == "looked at in part: 5 pages were left out"
    assert "drawn       0.95 at p. 2, above 0.80 for 2 pages on end, 50% of all" in told
    assert [line.split() for line in told if line.startswith("*")] == [
        ["*", "p.", "2", "0.95"],
        ["*", "p.", "3", "0.90"],
    ]


def test_without_a_rule_on_scores_there_is_nothing_to_sum_up() -> None:
    assert by_any_rule(book({}, 2), [FACTS_ONLY], "document") is None
    assert list(lines(book({}, 2), [FACTS_ONLY], "document")) == ["2 pages, 2 scored"]
