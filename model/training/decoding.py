"""Decodes files side by side, each in a process apart: training data is untrusted, too."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path
from typing import Final, Self, TypeVar

from model.decoder import IsolatedDecoder
from model.image import Picture
from model.processors import available

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD: Final = 8  # results per worker that may wait for the reader


class Decoders:
    """A decoder per thread, for as long as the block lasts.

    Args:
        target: Pixels needed along the short edge, see `model.image.decode`.
        workers: Number of decoding processes; by default one per processor.
    """

    def __init__(self, *, target: int, workers: int | None = None) -> None:
        self._workers = workers or available()
        self._target = target
        self._mine = threading.local()
        self._open = ExitStack()
        self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="decoding")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._open.close()

    def decode(self, data: bytes) -> Picture:
        """Decode in this thread's process, as `IsolatedDecoder.decode` does."""
        if not hasattr(self._mine, "decoder"):
            decoder = IsolatedDecoder(target=self._target)
            self._mine.decoder = self._open.enter_context(closing(decoder))
        picture: Picture = self._mine.decoder.decode(data)
        return picture

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield `function(item)` in order, computed a bounded stretch ahead."""
        rest = iter(items)
        waiting: list[Future[Result]] = [
            self._pool.submit(function, item) for item in islice(rest, AHEAD * self._workers)
        ]
        while waiting:
            result = waiting.pop(0).result()
            waiting.extend(self._pool.submit(function, item) for item in islice(rest, 1))
            yield result


def read(path: str) -> bytes:
    """Return a file's bytes."""
    return Path(path).read_bytes()
