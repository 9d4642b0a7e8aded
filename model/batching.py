"""Gathers pictures that many requests bring into batches."""

import asyncio
import queue
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from threading import Lock, Thread
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Scores = dict[str, float]


class _Request(NamedTuple):
    picture: Picture
    answer: Future[Scores]


class MicroBatcher:
    """Scores one batch at a time: several pictures when several are waiting.

    A thread of its own does that. A picture that comes alone is spared the wait for it.

    Args:
        classify: `Classifier.classify`, or something like it.
        alone: The same of one picture, for an event loop.
        largest: Most pictures in a batch.
        wait_s: How long the first picture of a batch waits for company, seconds.
    """

    def __init__(
        self,
        classify: Callable[[Sequence[Picture]], list[Scores]],
        *,
        alone: Callable[[Picture], Awaitable[Scores]],
        largest: int,
        wait_s: float,
    ) -> None:
        self._classify = classify
        self._alone = alone
        self._largest = largest
        self._wait_s = wait_s
        self._requests: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._scoring = Lock()
        self._waiting = 0
        self._closing = Lock()
        self._closed = False
        self._thread = Thread(target=self._serve, name="micro-batcher", daemon=True)
        self._thread.start()

    def submit(self, picture: Picture) -> Future[Scores]:
        """Ask for the scores of a picture, uint8 RGB (H, W, 3).

        Raises:
            RuntimeError: The batcher is closed.
        """
        answer: Future[Scores] = Future()
        with self._closing:
            self._refuse_if_closed()
            self._requests.put(_Request(picture, answer))
            self._waiting += 1
        return answer

    async def scores(self, pictures: Sequence[Picture]) -> list[Scores]:
        """Return the scores of pictures, in order: `alone`'s if it is one and no other is scored.

        Raises:
            RuntimeError: The batcher is closed.
        """
        # Not before those that wait already.
        if len(pictures) > 1 or self._waiting or not self._scoring.acquire(blocking=False):
            asked = [self.submit(picture) for picture in pictures]
            return await asyncio.gather(*map(asyncio.wrap_future, asked))
        try:
            self._refuse_if_closed()
            return [await self._alone(picture) for picture in pictures]
        finally:
            self._scoring.release()

    def close(self) -> None:
        """Answer what was asked, then end the thread."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._requests.put(None)
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise RuntimeError("the batcher is closed")

    def _serve(self) -> None:
        while (first := self._requests.get()) is not None:
            with self._scoring:
                batch, last = self._gather(first)
                self._answer(batch)
            with self._closing:
                self._waiting -= len(batch)
            if last:
                return

    def _gather(self, first: _Request) -> tuple[list[_Request], bool]:
        """Return the batch that begins with `first`, and whether the end was announced."""
        batch, deadline = [first], time.monotonic() + self._wait_s
        while len(batch) < self._largest:
            try:
                request = self._requests.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                break
            if request is None:
                return batch, True
            batch.append(request)
        return batch, False

    def _answer(self, batch: list[_Request]) -> None:
        running = [request for request in batch if request.answer.set_running_or_notify_cancel()]
        self._score(running)

    def _score(self, batch: list[_Request]) -> None:
        try:
            scores = self._classify([request.picture for request in batch])
        except Exception as error:  # noqa: BLE001 - it is handed to whoever asked
            self._score_apart(batch, error)
            return
        for request, answer in zip(batch, scores, strict=True):
            request.answer.set_result(answer)

    def _score_apart(self, batch: list[_Request], error: Exception) -> None:
        """Let a picture that cannot be scored fail alone, not with its neighbours."""
        if len(batch) == 1:
            batch[0].answer.set_exception(error)
            return
        for request in batch:
            self._score([request])
