"""A video file → scored scenes: decoding in a limited process, scoring meanwhile."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from model.decoder import DEFAULT_PROCESS
from model.errors import WorkerDied
from model.isolation import START_TIMEOUT_S, IsolatedWorker, ProcessLimits
from model.video.gathering import Gathering
from model.video.limits import DEFAULT_LIMITS, VideoLimits
from model.video.score import VideoScore

Classify = Callable[[Sequence[NDArray[np.uint8]]], list[dict[str, float]]]

# The child stops by itself in time; this is for a decoder that hangs within one frame, seconds.
MARGIN_S: Final = 10.0


class VideoWatcher:
    """Watches one video at a time. Safe to share between threads."""

    def __init__(
        self,
        classify: Classify,
        *,
        target: int,
        limits: VideoLimits = DEFAULT_LIMITS,
        process: ProcessLimits = DEFAULT_PROCESS,
        reader: str = "pyav",
    ) -> None:
        """Start nothing yet.

        Args:
            classify: `IsolatedClassifier.classify`, or something like it.
            target: pixels that the classifier needs along the short edge.
            limits: what one video may cost.
            process: what the decoder's process may use.
            reader: the library that decodes, `pyav` or `opencv`.
        """
        self._classify = classify
        self._limits = limits
        self._process = process
        self._options = {"limits": asdict(limits), "target": target, "reader": reader}
        self._turn = Lock()
        self._worker: IsolatedWorker | None = None
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def watch(self, path: Path) -> VideoScore:
        """Watch a video file.

        A temporary file that is unlinked already can be given as `/proc/PID/fd/N`.

        Raises:
            NoPictures: sound without pictures, or no frames at all.
            Unsupported: not a video that is read here.
            OverLimit: frames of too many pixels.
            Undecodable: damaged so that no frame can be seen.
            WorkerDied: the file crashed or stalled the decoder before its first frame; or the
                classifier died.
            OSError: the file cannot be read.
            ValueError: after `close`.
        """
        path.stat()
        # A process for each video: decoders keep memory, and what a file did to one ends with it.
        with self._turn, ThreadPoolExecutor(1) as pool, self._begun() as worker:
            return _Watch(worker, pool, self._classify, self._limits).run(path)

    def close(self) -> None:
        """End the decoder. May be called from another thread, in the middle of a watch."""
        self._closed = True
        if self._worker is not None:
            self._worker.close()

    def _begun(self) -> IsolatedWorker:
        if self._closed:
            raise ValueError("watch on a closed VideoWatcher")
        self._worker = IsolatedWorker(
            "model.video.session:serve", options=self._options, limits=self._process
        )
        return self._worker


class _Watch:
    """One video: the child decodes the next batch while the last one is being scored."""

    def __init__(
        self,
        worker: IsolatedWorker,
        pool: ThreadPoolExecutor,
        classify: Classify,
        limits: VideoLimits,
    ) -> None:
        self._worker = worker
        self._pool = pool
        self._classify = classify
        self._limits = limits
        self._until = time.monotonic() + limits.seconds
        self._gathered = Gathering()

    def run(self, path: Path) -> VideoScore:
        asked: Future[Any] | None = self._ask(str(path))
        reasons: list[str] = []
        while asked is not None:
            try:
                pictures, done = self._gathered.take(asked.result())
            except WorkerDied as error:
                if self._gathered.is_empty:
                    raise
                reasons.append(f"the decoder ended early: {error}")
                break
            late = not done and time.monotonic() > self._until + MARGIN_S
            if late:
                reasons.append(f"time: scoring took longer than {self._limits.seconds:g} s")
            asked = None if done or late else self._ask(None)
            if pictures:
                self._gathered.score(self._classify(pictures))
        return self._gathered.result(self._limits, reasons)

    def _ask(self, request: str | None) -> "Future[Any]":
        left = max(0.0, self._until - time.monotonic())
        start = START_TIMEOUT_S if request else 0.0
        return self._pool.submit(self._worker.call, request, timeout_s=left + start + MARGIN_S)
