"""Micro-batches: everybody gets their own answer, and one bad picture spoils no other."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, get_ident

import numpy as np
import pytest
from numpy.typing import NDArray

from model.batching import MicroBatcher

Pictures = Sequence[NDArray[np.uint8]]


def picture(value: int) -> NDArray[np.uint8]:
    return np.full((2, 2, 3), value, dtype=np.uint8)


def mean_of_each(pictures: Pictures) -> list[dict[str, float]]:
    return [{"mean": float(one.mean())} for one in pictures]


def test_each_of_many_threads_gets_its_own_answer() -> None:
    start = Barrier(16)

    def ask(value: int) -> float:
        start.wait()
        return batcher.submit(picture(value)).result(timeout=10)["mean"]

    with (
        MicroBatcher(mean_of_each, largest=4, wait_s=0.01) as batcher,
        ThreadPoolExecutor(max_workers=16) as threads,
    ):
        assert list(threads.map(ask, range(16))) == list(range(16))


def test_pictures_that_wait_together_are_scored_together() -> None:
    sizes: list[int] = []
    entered, go_on = Event(), Event()

    def slow(pictures: Pictures) -> list[dict[str, float]]:
        sizes.append(len(pictures))
        entered.set()
        go_on.wait(10)
        return mean_of_each(pictures)

    with MicroBatcher(slow, largest=4, wait_s=0.0) as batcher:
        answers = [batcher.submit(picture(0))]
        entered.wait(10)
        answers += [batcher.submit(picture(value)) for value in range(1, 7)]
        go_on.set()
        assert [answer.result(timeout=10)["mean"] for answer in answers] == list(range(7))
    assert sizes[0] == 1
    assert max(sizes) <= 4
    assert len(sizes) < 7


def test_a_picture_that_cannot_be_scored_fails_alone() -> None:
    def fussy(pictures: Pictures) -> list[dict[str, float]]:
        if any(one.max() == 13 for one in pictures):
            raise ValueError("unlucky")
        return mean_of_each(pictures)

    with MicroBatcher(fussy, largest=8, wait_s=0.2) as batcher:
        answers = [batcher.submit(picture(value)) for value in (12, 13, 14)]
        with pytest.raises(ValueError, match="unlucky"):
            answers[1].result(timeout=10)
        assert answers[0].result(timeout=10) == {"mean": 12.0}
        assert answers[2].result(timeout=10) == {"mean": 14.0}


def test_closing_answers_what_was_asked_and_refuses_more() -> None:
    batcher = MicroBatcher(mean_of_each, largest=2, wait_s=0.0)
    answers = [batcher.submit(picture(value)) for value in range(5)]
    batcher.close()
    assert [answer.result(timeout=0)["mean"] for answer in answers] == list(range(5))
    with pytest.raises(RuntimeError, match="closed"):
        batcher.submit(picture(0))


def test_a_cancelled_question_is_passed_over() -> None:
    entered, go_on = Event(), Event()
    scored: list[float] = []

    def slow(pictures: Pictures) -> list[dict[str, float]]:
        entered.set()
        go_on.wait(10)
        scored.extend(float(one.mean()) for one in pictures)
        return mean_of_each(pictures)

    with MicroBatcher(slow, largest=1, wait_s=0.0) as batcher:
        batcher.submit(picture(1))
        entered.wait(10)
        assert batcher.submit(picture(2)).cancel()
        last = batcher.submit(picture(3))
        go_on.set()
        last.result(timeout=10)
    assert scored == [1.0, 3.0]


def test_what_comes_alone_is_scored_by_the_thread_that_asks() -> None:
    def named(pictures: Pictures) -> list[dict[str, float]]:
        threads.append(get_ident())
        return mean_of_each(pictures)

    threads: list[int] = []
    with MicroBatcher(named, largest=4, wait_s=0.0) as batcher:
        answer = batcher.score(picture(3))
        assert answer.done()
        assert answer.result() == {"mean": 3.0}
        assert batcher.submit(picture(4)).result(timeout=10) == {"mean": 4.0}
    assert threads[0] == get_ident()
    assert threads[1] != get_ident()


def test_what_comes_while_others_are_scored_waits_its_turn() -> None:
    entered, go_on = Event(), Event()

    def slow(pictures: Pictures) -> list[dict[str, float]]:
        entered.set()
        go_on.wait(10)
        return mean_of_each(pictures)

    with MicroBatcher(slow, largest=4, wait_s=0.0) as batcher:
        first = batcher.submit(picture(0))
        entered.wait(10)
        second = batcher.score(picture(1))
        assert not second.done()
        go_on.set()
        answers = [first, second, batcher.score(picture(2))]
        assert [answer.result(timeout=10)["mean"] for answer in answers] == [0, 1, 2]


def test_a_picture_that_is_scored_at_once_can_fail() -> None:
    def broken(_: Pictures) -> list[dict[str, float]]:
        raise ValueError("unlucky")

    batcher = MicroBatcher(broken, largest=4, wait_s=0.0)
    with pytest.raises(ValueError, match="unlucky"):
        batcher.score(picture(0)).result(timeout=10)
    batcher.close()
    with pytest.raises(RuntimeError, match="closed"):
        batcher.score(picture(0))
