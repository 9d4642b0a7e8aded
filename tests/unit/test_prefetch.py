"""Work done ahead: in order, so much and no more, and never waited for when it is not wanted."""

import subprocess
import sys
import threading

import pytest

from bot.prefetch import ahead

ENDLESS = """
import threading
from bot.prefetch import ahead

begun = threading.Event()

def work(item):
    begun.set()
    threading.Event().wait()

tasks = ahead(work, [1, 2, 3], threads=2, window=1)
next(tasks)
begun.wait()
"""


def test_results_come_in_the_order_of_the_items() -> None:
    turn = threading.Event()

    def work(item: int) -> int:
        if item == 0:
            assert turn.wait(10)
        elif item == 1:
            turn.set()
        return -item

    with_results = ahead(work, range(10), threads=2, window=4)
    assert [(item, task.result()) for [(item, task)] in with_results] == [
        (n, -n) for n in range(10)
    ]


def test_no_more_is_begun_than_the_window_holds() -> None:
    begun: list[int] = []
    tasks = ahead(begun.append, range(10), threads=1, window=3)
    for taken in range(10):
        [(_, task)] = next(tasks)
        task.result()
        assert len(begun) <= taken + 3
    assert begun == list(range(10))


def test_what_is_there_comes_together_and_what_is_not_comes_alone() -> None:
    gate = threading.Event()
    last = threading.Event()

    def work(number: int) -> int:
        if number == 4:
            assert gate.wait(10)
        if number == 6:
            last.set()
        return number

    tasks = ahead(work, range(7), threads=2, window=7, group=3)
    [(_, first)] = next(tasks)  # which nobody has waited for
    first.result()
    assert last.wait(10)
    assert [number for number, _ in next(tasks)] == [1, 2, 3]
    [(number, held_up)] = next(tasks)
    assert (number, held_up.done()) == (4, False)
    gate.set()
    assert held_up.result() == 4
    tasks.close()


def test_an_error_comes_out_where_its_result_would() -> None:
    tasks = ahead(lambda item: 1 // item, [1, 0, 2], threads=1, window=3)
    [(_, first)], [(_, second)], [(_, third)] = tasks
    assert (first.result(), third.result()) == (1, 0)
    with pytest.raises(ZeroDivisionError):
        second.result()


def test_closing_begins_nothing_more_and_ends_the_threads() -> None:
    begun: list[int] = []
    running, go_on = threading.Event(), threading.Event()

    def work(item: int) -> None:
        begun.append(item)
        running.set()
        assert go_on.wait(10)

    before = set(threading.enumerate())
    tasks = ahead(work, range(10), threads=1, window=4)
    next(tasks)
    assert running.wait(10)
    helpers = set(threading.enumerate()) - before
    tasks.close()
    go_on.set()
    for helper in helpers:
        helper.join(10)
        assert not helper.is_alive()
    assert begun == [0]


def test_the_end_of_the_process_does_not_wait_for_what_is_under_way() -> None:
    subprocess.run([sys.executable, "-c", ENDLESS], check=True, timeout=30)
