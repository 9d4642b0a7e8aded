"""The lot for the audit: even, lasting, and drawn by nothing but number and seed."""

from bot.review.sample import is_drawn

NUMBERS = range(20_000)


def drawn(rate: float, seed: str = "lookout") -> set[int]:
    return {number for number in NUMBERS if is_drawn(number, rate=rate, seed=seed)}


def test_the_share_drawn_is_the_rate() -> None:
    assert abs(len(drawn(0.1)) - 2000) < 150  # 3.5 standard deviations
    assert drawn(0.0) == set()
    assert drawn(1.0) == set(NUMBERS)


def test_a_higher_rate_adds_and_takes_nothing_away() -> None:
    assert drawn(0.01) < drawn(0.05)


def test_another_seed_draws_others() -> None:
    assert len(drawn(0.1) & drawn(0.1, "other")) < 300


def test_it_is_the_same_draw_in_every_version_of_this_program() -> None:
    assert sorted(drawn(0.0005))[:2] == [1554, 2051]
