"""A dear count is made once for all who ask within a while."""

import itertools
from typing import TYPE_CHECKING

import pytest

from bot.errors import LedgerBusy
from bot.watching.recent import Recent

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_a_count_is_made_again_only_when_it_is_old() -> None:
    moment = [0.0]
    numbers = itertools.count(1)
    recent = Recent(lambda: next(numbers), 10.0, clock=lambda: moment[0])
    assert [recent(), recent()] == [1, 1]
    moment[0] = 10.0
    assert recent() == 1
    moment[0] = 10.1
    assert [recent(), recent()] == [2, 2]


def test_a_count_that_fails_is_asked_for_again_and_an_old_one_is_not_passed_off() -> None:
    moment = [0.0]
    outcomes: Iterator[int | Exception] = iter([7, LedgerBusy("locked"), 8])

    def count() -> int:
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    recent = Recent(count, 10.0, clock=lambda: moment[0])
    assert recent() == 7
    moment[0] = 11.0
    with pytest.raises(LedgerBusy):
        recent()
    assert recent() == 8
