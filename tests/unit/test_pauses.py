"""Pauses between attempts: bounded, growing, and spread."""

from hypothesis import given
from hypothesis import strategies as st

from bot.pauses import full_jitter
from support.properties import PATIENT

SECONDS = st.floats(0.01, 1e5)


@PATIENT
@given(failures=st.integers(1, 10**6), first=SECONDS, longest=SECONDS)
def test_a_pause_never_exceeds_the_longest_and_never_vanishes(
    failures: int, first: float, longest: float
) -> None:
    pause = full_jitter(failures, first_s=first, longest_s=longest)
    assert min(first, longest) / 2 <= pause <= longest


@PATIENT
@given(failures=st.integers(1, 20), first=SECONDS)
def test_the_bound_doubles_with_every_failure(failures: int, first: float) -> None:
    bound = first * 2 ** (failures - 1)
    pause = full_jitter(failures, first_s=first, longest_s=float("inf"))
    assert bound / 2 <= pause <= bound


def test_two_clients_do_not_come_back_together() -> None:
    pauses = {full_jitter(5, first_s=1.0, longest_s=60.0) for _ in range(100)}
    assert len(pauses) > 90
