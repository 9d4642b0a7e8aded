"""Which seconds are looked at: an even grid first, then around what weighs most."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.videos.places import clock, second_of
from bot.videos.plan import next_second, seconds_to_look_at, widest_gap

TEN_MINUTES = 600


def looked_at(
    seconds: int, looks: int, weigh: Callable[[int], float] = lambda _: 0.0, gap_s: float = 2.0
) -> list[int]:
    """Return the seconds in the order in which they are looked at."""
    weights: dict[int, float] = {}
    order = []
    for second in seconds_to_look_at(seconds, looks=looks, gap_s=gap_s, weights=weights):
        order.append(second)
        weights[second] = weigh(second)
    return order


@given(
    seconds=st.integers(1, 20_000),
    looks=st.integers(2, 100),
    gap_s=st.floats(0.1, 60),
    weights=st.lists(st.floats(0, 1), min_size=1, max_size=7),
)
def test_no_second_is_looked_at_twice_and_the_first_and_last_are_among_them(
    seconds: int, looks: int, gap_s: float, weights: list[float]
) -> None:
    order = looked_at(seconds, looks, lambda at: weights[at % len(weights)], gap_s)
    assert len(set(order)) == len(order) <= looks
    assert {0, seconds - 1} <= set(order) <= set(range(seconds))


def test_a_short_video_is_looked_at_as_closely_as_asked() -> None:
    order = looked_at(10, looks=57)
    assert max(b - a for a, b in pairwise(sorted(order))) <= 2
    assert len(order) < 10


def test_a_long_one_is_covered_whole_even_if_time_runs_out_halfway() -> None:
    order = looked_at(TEN_MINUTES, looks=57)
    first_half = sorted(order[:19])
    assert first_half[0] == 0
    assert max(b - a for a, b in pairwise(first_half)) <= 34


def test_the_rest_of_the_looks_go_to_where_it_weighed_most() -> None:
    order = looked_at(TEN_MINUTES, looks=57, weigh=lambda at: 0.9 if 290 <= at < 310 else 0.02)
    closer = [at for at in order[38:] if 270 <= at < 330]
    assert len(closer) >= 10
    around = sorted(at for at in order if 285 <= at < 315)
    assert max(b - a for a, b in pairwise(around)) <= 2


def test_with_nothing_in_sight_the_rest_closes_the_widest_gaps() -> None:
    even = dict.fromkeys(looked_at(TEN_MINUTES, looks=38), 0.0)
    order = dict.fromkeys(looked_at(TEN_MINUTES, looks=57), 0.0)
    assert widest_gap(order, TEN_MINUTES) <= widest_gap(even, TEN_MINUTES)


def test_no_gap_is_closed_further_than_asked_for() -> None:
    assert next_second({0: 1.0, 2: 0.0}, 2.0) is None
    assert next_second({0: 1.0, 3: 0.0}, 2.0) == 1


def test_the_gap_reaches_to_both_ends() -> None:
    assert widest_gap({5: 0.0}, 20) == 14
    assert widest_gap({0: 0.0}, 1) == 0


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (7.9, "0:07"), (65, "1:05"), (3723, "1:02:03")]
)
def test_a_moment_is_written_as_a_person_writes_it(seconds: float, text: str) -> None:
    assert clock(seconds) == text
    assert second_of(text) == int(seconds)


@pytest.mark.parametrize("place", ["", "p. 3", "7", "0:7", "0:07.4", "frame 2 (0:01.0)", "-1:00"])
def test_what_is_no_moment_is_not_read_as_one(place: str) -> None:
    assert second_of(place) is None
