"""What the table says follows from what was measured."""

import pytest

from bench.sidebyside import MS, Bound, Row, Sample, interleaved

TICK_S = 0.25


def test_sides_take_turns_and_warm_up_does_not_count() -> None:
    ran: list[str] = []
    samples = interleaved(
        {"ours": lambda: ran.append("ours"), "theirs": lambda: ran.append("theirs")},
        rounds=2,
        warm_up=1,
    )
    assert ran == ["ours", "theirs"] * 3
    assert [len(sample.values) for sample in samples] == [2, 2]


def test_time_is_given_for_each_thing_that_a_run_does() -> None:
    ticks = iter(range(100))
    (sample,) = interleaved(
        {"four things": int}, rounds=3, per=4, clock=lambda: TICK_S * next(ticks), scale=MS
    )
    assert sample.values == [62.5, 62.5, 62.5]
    assert sample.unit == "ms"


def test_the_ratio_is_that_of_the_medians_and_is_held_against_its_bound() -> None:
    ours, theirs = Sample("a", [1.0, 3.0, 50.0], "ms"), Sample("b", [2.0], "ms")
    assert Row("r", ours, theirs).figure == pytest.approx(1.5)
    assert Row("r", ours, theirs, Bound("at most", 1.5)).cells()[-3:] == [
        "1.5",
        "at most 1.5",
        "yes",
    ]
    assert Row("r", ours, theirs, Bound("at least", 1.6)).cells()[-1] == "no"


def test_a_figure_with_nothing_beside_it_is_held_against_its_bound_itself() -> None:
    row = Row("r", Sample("a", [0.02], "ms").per_second("uploads"), bound=Bound("at least", 40_000))
    assert row.figure == pytest.approx(50_000)
    assert row.cells() == ["r", "a: 50,000 uploads/s", "", "1", "", "at least 40,000", "yes"]
