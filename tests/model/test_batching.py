"""Micro-batches: everybody gets their own answer, and one bad picture spoils no other."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, get_ident

import numpy as np
import pytest
from numpy.typing import NDArray

from model.batching import MicroBatcher
from support.loops import awaited

Pictures = Sequence[NDArray[np.uint8]]


def picture(value: int) -> NDArray[np.uint8]:
    return np.full((2, 2, 3), value, dtype=np.uint8)


def mean_of_each(pictures: Pictures) -> list[dict[str, float]]:
    return [{"mean": float(one.mean())} for one in pictures]


async def not_alone(_: NDArray[np.uint8]) -> dict[str, float]:
    raise AssertionError("it was not alone")


def never(_: Pictures) -> list[dict[str, float]]:
    raise AssertionError("it was alone")


def test_each_of_many_threads_gets_its_own_answer() -> None:
    start = Barrier(16)

    def ask(value: int) -> float:
        start.wait()
        return batcher.submit(picture(value)).result(timeout=10)["mean"]

    with (
        MicroBatcher(mean_of_each, alone=not_alone, largest=4, wait_s=0.01) as batcher,
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

    with MicroBatcher(slow, alone=not_alone, largest=4, wait_s=0.0) as batcher:
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

    with MicroBatcher(fussy, alone=not_alone, largest=8, wait_s=0.2) as batcher:
        answers = [batcher.submit(picture(value)) for value in (12, 13, 14)]
        with pytest.raises(ValueError, match="unlucky"):
            answers[1].result(timeout=10)
        assert answers[0].result(timeout=10) == {"mean": 12.0}
        assert answers[2].result(timeout=10) == {"mean": 14.0}


def test_closing_answers_what_was_asked_and_refuses_more() -> None:
    batcher = MicroBatcher(mean_of_each, alone=not_alone, largest=2, wait_s=0.0)
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

    with MicroBatcher(slow, alone=not_alone, largest=1, wait_s=0.0) as batcher:
        batcher.submit(picture(1))
        entered.wait(10)
        assert batcher.submit(picture(2)).cancel()
        last = batcher.submit(picture(3))
        go_on.set()
        last.result(timeout=10)
    assert scored == [1.0, 3.0]


def test_what_comes_alone_takes_no_other_thread() -> None:
    threads: list[int] = []

    async def alone(one: NDArray[np.uint8]) -> dict[str, float]:
        threads.append(get_ident())
        return {"mean": float(one.mean())}

    async def asked() -> tuple[list[dict[str, float]], int]:
        return await batcher.scores([picture(3)]), get_ident()

    with MicroBatcher(never, alone=alone, largest=4, wait_s=0.0) as batcher:
        scores, thread_of_loop = awaited(asked())
    assert scores == [{"mean": 3.0}]
    assert threads == [thread_of_loop]


def test_several_pictures_of_a_request_are_scored_together() -> None:
    with MicroBatcher(mean_of_each, alone=not_alone, largest=4, wait_s=0.0) as batcher:
        scores = awaited(batcher.scores([picture(value) for value in range(6)]))
    assert [one["mean"] for one in scores] == list(range(6))


def test_what_comes_while_others_are_scored_waits_its_turn() -> None:
    entered, go_on = Event(), Event()

    def slow(pictures: Pictures) -> list[dict[str, float]]:
        entered.set()
        go_on.wait(10)
        return mean_of_each(pictures)

    async def come_second() -> list[dict[str, float]]:
        second = asyncio.create_task(batcher.scores([picture(1)]))
        await asyncio.sleep(0.05)
        assert not second.done()
        go_on.set()
        return await second

    with MicroBatcher(slow, alone=not_alone, largest=4, wait_s=0.0) as batcher:
        first = batcher.submit(picture(0))
        entered.wait(10)
        assert awaited(come_second()) == [{"mean": 1.0}]
        assert first.result(timeout=10) == {"mean": 0.0}


def test_what_comes_while_one_is_scored_alone_waits_its_turn() -> None:
    order: list[str] = []

    async def alone(_: NDArray[np.uint8]) -> dict[str, float]:
        await asyncio.sleep(0.05)
        order.append("alone")
        return {}

    def after(pictures: Pictures) -> list[dict[str, float]]:
        order.append("batch")
        return mean_of_each(pictures)

    async def both() -> None:
        await asyncio.gather(*(batcher.scores([picture(value)]) for value in (0, 1)))

    with MicroBatcher(after, alone=alone, largest=4, wait_s=0.0) as batcher:
        awaited(both())
    assert order == ["alone", "batch"]


def test_a_picture_that_comes_alone_can_fail_and_others_come_after_it() -> None:
    async def broken(_: NDArray[np.uint8]) -> dict[str, float]:
        raise ValueError("unlucky")

    batcher = MicroBatcher(mean_of_each, alone=broken, largest=4, wait_s=0.0)
    with pytest.raises(ValueError, match="unlucky"):
        awaited(batcher.scores([picture(0)]))
    assert batcher.submit(picture(1)).result(timeout=10) == {"mean": 1.0}
    batcher.close()
    with pytest.raises(RuntimeError, match="closed"):
        awaited(batcher.scores([picture(0)]))
