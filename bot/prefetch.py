"""Work done ahead of the one who needs it, in order, a few items at a time."""

import itertools
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
_Task = tuple[Item, Future[Result]]


def ahead(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    threads: int,
    window: int,
    group: int = 1,
) -> Generator[list[tuple[Item, Future[Result]]], None, None]:
    """Yield the items with their results to come, in order.

    What comes together, up to `group` of them, has its results already; an item that has to be
    waited for comes alone. At most `window` items are begun and not yet done with.

    Close it to begin nothing more. What is under way is not waited for, not even by the end of the
    process: `ThreadPoolExecutor` joins its threads there, and a slow server would delay a shutdown.
    """
    tasks: SimpleQueue[_Task[Item, Result] | None] = SimpleQueue()
    for _ in range(threads):
        threading.Thread(target=_serve, args=(work, tasks), daemon=True, name="ahead").start()
    begun: deque[_Task[Item, Result]] = deque()
    try:
        left = iter(items)
        while True:
            for item in itertools.islice(left, window - len(begun)):
                begun.append((item, Future()))
                tasks.put(begun[-1])
            if not begun:
                return
            yield _taken(begun, group)
    finally:
        for _, future in begun:
            future.cancel()
        for _ in range(threads):
            tasks.put(None)


def _taken(begun: deque[_Task[Item, Result]], group: int) -> list[_Task[Item, Result]]:
    taken = [begun.popleft()]
    while begun and len(taken) < group and taken[-1][1].done() and begun[0][1].done():
        taken.append(begun.popleft())
    return taken


def _serve(work: Callable[[Item], Result], tasks: SimpleQueue[_Task[Item, Result] | None]) -> None:
    while task := tasks.get():
        item, future = task
        if not future.set_running_or_notify_cancel():
            continue
        try:
            future.set_result(work(item))
        except BaseException as error:  # noqa: BLE001 - raised again by Future.result
            future.set_exception(error)
