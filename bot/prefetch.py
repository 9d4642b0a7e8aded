"""Work done ahead of the one who needs it, in order, a few items at a time."""

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
    work: Callable[[Item], Result], items: Iterable[Item], *, threads: int, window: int
) -> Generator[tuple[Item, Future[Result]], None, None]:
    """Yield each item with its result to come; at most `window` items are begun and not yet taken.

    Close it to begin nothing more. What is under way is not waited for, not even by the end of the
    process: `ThreadPoolExecutor` joins its threads there, and a slow server would delay a shutdown.
    """
    tasks: SimpleQueue[_Task[Item, Result] | None] = SimpleQueue()
    for _ in range(threads):
        threading.Thread(target=_serve, args=(work, tasks), daemon=True, name="ahead").start()
    begun: deque[_Task[Item, Result]] = deque()
    try:
        for item in items:
            begun.append((item, Future()))
            tasks.put(begun[-1])
            if len(begun) >= window:
                yield begun.popleft()
        while begun:
            yield begun.popleft()
    finally:
        for _, future in begun:
            future.cancel()
        for _ in range(threads):
            tasks.put(None)


def _serve(work: Callable[[Item], Result], tasks: SimpleQueue[_Task[Item, Result] | None]) -> None:
    while task := tasks.get():
        item, future = task
        if not future.set_running_or_notify_cancel():
            continue
        try:
            future.set_result(work(item))
        except BaseException as error:  # noqa: BLE001 - raised again by Future.result
            future.set_exception(error)
