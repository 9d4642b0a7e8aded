"""What is usual is learned from the days before, and odd days among them do not spoil it."""

import pytest

from bot.ledger import Day
from bot.watching.baseline import FLAGS, SCORED_SHARE, Reading, readings

WARN = 5.0


def day(*, seen: int = 50_000, scored: int | None = None, flagged: int = 400) -> Day:
    return Day(seen=seen, scored=seen * 98 // 100 if scored is None else scored, flagged=flagged)


def usual_days(count: int = 14) -> list[Day]:
    return [day(flagged=400 + 7 * (number % 5)) for number in range(count)]


def measures(days: list[Day]) -> dict[str, Reading]:
    return {reading.measure: reading for reading in readings(days)}


def test_a_day_like_the_others_is_inside() -> None:
    found = measures([day(), *usual_days()])
    assert not any(reading.departs(WARN) for reading in found.values())
    assert found[FLAGS].usual == 414


@pytest.mark.parametrize("flagged", [0, 100, 900, 5_000])
def test_far_more_or_fewer_flags_are_outside(flagged: int) -> None:
    found = measures([day(flagged=flagged), *usual_days()])
    assert found[FLAGS].departs(WARN)
    assert (found[FLAGS].deviation > 0) == (flagged > 414)
    assert not found[SCORED_SHARE].departs(WARN)


def test_a_day_on_which_much_was_left_unscored_is_outside() -> None:
    found = measures([day(scored=40_000), *usual_days()])
    assert found[SCORED_SHARE].departs(WARN)
    assert found[SCORED_SHARE].value == pytest.approx(0.8)
    assert found[SCORED_SHARE].deviation < 0


def test_one_odd_day_before_hides_nothing() -> None:
    days = [*usual_days(13), day(flagged=60_000, scored=0)]
    assert measures([day(flagged=5_000), *days])[FLAGS].departs(WARN)


def test_days_that_are_all_alike_leave_room_for_chance() -> None:
    alike = [day(flagged=4) for _ in range(14)]
    assert not measures([day(flagged=9), *alike])[FLAGS].departs(WARN)
    assert measures([day(flagged=40), *alike])[FLAGS].departs(WARN)


@pytest.mark.parametrize(
    "days",
    [
        [day()],
        [day(), day(), day()],
        [day(seen=0), *usual_days()],
        [day(), day(), day(), *[day(seen=0) for _ in range(20)]],
    ],
    ids=["one day", "too few", "nothing seen today", "nothing seen before"],
)
def test_too_little_to_compare_is_no_reading(days: list[Day]) -> None:
    assert readings(days) == []
