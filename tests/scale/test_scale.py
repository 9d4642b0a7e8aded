"""The plan: its tables are in the page, and its simulations keep to what they simulate."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from bot.limits.meter import Limits
from bot.settings.fleet import FleetSettings
from scale.__main__ import CHART, PAGE, filled, main
from scale.chart import line_chart
from scale.figures import DAY_S, Assumed, measured
from scale.minutes import play
from scale.report import Plan
from scale.world import Gate, Steps, World
from scale.years import Pace, last

SMALL = Limits(at_once=3, fetches=10, bytes=200_000, calls=5)
BUSY = replace(Assumed(), uploads_per_day=86_400)


def test_the_page_and_its_chart_are_what_make_scale_prints() -> None:
    plan = Plan(measured(), Assumed())
    page = PAGE.read_text("utf-8")
    assert filled(page, plan.sections()) == page, "make scale SCALE=--write"
    assert plan.chart() == CHART.read_text("utf-8"), "make scale SCALE=--write"


def test_a_place_that_the_page_lacks_is_named() -> None:
    with pytest.raises(ValueError, match="0 places for weather"):
        filled("no marks", {"weather": "| fine |"})


@pytest.mark.parametrize("workers", [1, 3, 9])
def test_no_second_has_more_than_its_limit_and_none_is_left_out(workers: int) -> None:
    rates = play(measured(), BUSY, SMALL, workers)
    assert rates.most_fetches <= SMALL.fetches
    assert rates.most_calls <= SMALL.calls
    assert 0 < rates.files_per_s < SMALL.bytes / measured().fetched_bytes


def test_without_limits_a_worker_is_bound_by_its_own_processor() -> None:
    endless = Limits(at_once=99, fetches=9999, bytes=10**12, calls=9999)
    quick = replace(Assumed(), uploads_per_day=0, fetch_s=1e-6, call_s=1e-6)
    rates = play(measured(), quick, endless, 2)
    assert rates.files_per_s == pytest.approx(2 / measured().processor_s, rel=0.02)
    assert rates.busy == pytest.approx(1.0, rel=0.02)


def test_the_live_bot_waits_little_however_many_workers_there_are() -> None:
    limits = Limits.of(FleetSettings())
    alone, beside = (play(measured(), Assumed(), limits, workers) for workers in (0, 16))
    assert beside.live_median_s < alone.live_median_s + 1.5
    assert beside.live_worst_s < 10


def test_the_same_input_gives_the_same_minutes_and_years() -> None:
    assert play(measured(), BUSY, SMALL, 2) == play(measured(), BUSY, SMALL, 2)
    assert last(Assumed(), Pace(20, 10)) == last(Assumed(), Pace(20, 10))


def test_a_year_takes_longer_than_the_arithmetic_and_not_much() -> None:
    course = last(Assumed(), Pace(alone=20, beside=20))
    bound = Assumed().files / 20 / DAY_S
    assert bound < course.days < 1.1 * bound
    assert list(course.left) == sorted(course.left, reverse=True)


def test_what_never_ends_is_said() -> None:
    course = last(Assumed(), Pace(alone=0.1, beside=0.1))
    assert not course.finished


def test_a_contest_costs_the_backfill_what_it_brings() -> None:
    course = last(Assumed(), Pace(alone=10, beside=5))
    per_day = [before - after for before, after in zip(course.left, course.left[1:], strict=False)]
    assert max(per_day[:55]) > 4 * 86_400
    assert max(per_day[60:89]) < 2 * 86_400


def test_prices_are_a_parameter(capsys: pytest.CaptureFixture[str]) -> None:
    cheap, dear = (
        Plan(measured(), replace(Assumed(), core_hour=price))._cost(4, 100) for price in (0.01, 0.1)
    )
    assert (cheap, dear) == pytest.approx((96.0, 960.0))
    with pytest.raises(SystemExit):
        main(["--core-hour", "much"])
    assert "--core-hour" in capsys.readouterr().err


def test_of_equal_moments_the_first_comes_first_and_a_gate_lets_all_go_on() -> None:
    world, told = World(), list[str]()
    gate = Gate(world)

    def steps(name: str) -> Steps:
        yield gate
        told.append(f"{name} at {world.now:g}")

    def opener() -> Steps:
        yield 5.0
        gate.open()

    for name in "ab":
        world.start(steps(name))
    world.start(opener())
    world.run(10)
    assert told == ["a at 5", "b at 5"]
    assert world.now == 10


def test_the_chart_is_a_picture_whose_lines_end_where_they_should() -> None:
    text = line_chart("T & <b>", {"x": [4.0, 2.0, 0.0]}, across="days", up="M")
    drawn = ET.fromstring(text)  # noqa: S314 - our own
    line = next(part for part in drawn if part.tag.endswith("polyline"))
    assert line.attrib["points"] == "60.0,40.0 380.0,180.0 700.0,320.0"
