"""Times as people write them."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.moments import parse_moment

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T14:31:46Z", datetime(2026, 11, 22, 14, 31, 46, tzinfo=UTC)),
        ("2026-11-22T14:31", datetime(2026, 11, 22, 14, 31, tzinfo=UTC)),
        ("2026-11-22", datetime(2026, 11, 22, tzinfo=UTC)),
        ("2026-11-22T14:31+02:00", datetime(2026, 11, 22, 12, 31, tzinfo=UTC)),
        ("2 days ago", NOW - timedelta(days=2)),
        ("1 day ago", NOW - timedelta(days=1)),
        ("90 Minutes", NOW - timedelta(minutes=90)),
        (" 3weeks ago ", NOW - timedelta(weeks=3)),
        ("0 seconds ago", NOW),
    ],
)
def test_a_time_is_read_as_utc_and_a_duration_as_so_long_ago(text: str, moment: datetime) -> None:
    assert parse_moment(text, NOW) == moment
    assert parse_moment(text, NOW).tzinfo == UTC


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2 days hence", "-1 day ago", "1e3 hours ago", "٢ days ago", "2026"]
)
def test_what_is_no_time_is_refused_with_what_is(text: str) -> None:
    with pytest.raises(ValueError, match="should be a time such as"):
        parse_moment(text, NOW)


@pytest.mark.parametrize("text", ["999999 weeks ago", "0001-01-01T00:00+14:00"])
def test_a_time_before_all_times_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="should be a time such as"):
        parse_moment(text, NOW)


def test_the_future_is_refused() -> None:
    with pytest.raises(ValueError, match="in the future"):
        parse_moment("2026-11-29T12:00:01Z", NOW)
    assert parse_moment("2026-11-29T13:00+01:00", NOW) == NOW


def test_the_past_is_bounded_where_it_should_be() -> None:
    week = timedelta(weeks=1)
    assert parse_moment("7 days ago", NOW, longest=week) == NOW - week
    with pytest.raises(ValueError, match="more than 7 days ago"):
        parse_moment("8 days ago", NOW, longest=week)
