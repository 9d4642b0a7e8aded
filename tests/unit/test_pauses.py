"""Pauses between attempts: bounded, growing, and spread."""

from hypothesis import given
from hypothesis import strategies as st

from bot.pauses import full_jitter
from support.properties import PATIENT

ROUNDING = 1e-9
SECONDS = st.floats(0.01, 1e5)


@PATIENT
@given(failures=st.integers(1, 10**6), first=SECONDS, longest=SECONDS)
def test_a_pause_never_exceeds_the_longest(failures: int, first: float, longest: float) -> None:
    pause = full_jitter(failures, first_s=first, longest_s=longest)
    assert 0 <= pause <= longest


@PATIENT
@given(failures=st.integers(1, 20), first=SECONDS)
def test_the_bound_doubles_with_every_failure(failures: int, first: float) -> None:
    bound = first * 2 ** (failures - 1)
    pause = full_jitter(failures, first_s=first, longest_s=float("inf"))
    assert 0 <= pause <= bound * (1 + ROUNDING)


def test_every_part_of_the_bound_is_used() -> None:
    pauses = [full_jitter(3, first_s=1.0, longest_s=60.0) for _ in range(1_000)]
    assert min(pauses) < 0.4
    assert max(pauses) > 3.6


def test_two_clients_do_not_come_back_together() -> None:
    pauses = {full_jitter(5, first_s=1.0, longest_s=60.0) for _ in range(100)}
    assert len(pauses) > 90
