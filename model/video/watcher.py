"""A video file → scored scenes: decoding in a limited process, scoring meanwhile."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from model.decoder import DEFAULT_PROCESS
from model.isolation import ProcessLimits
from model.video.limits import DEFAULT_LIMITS, VideoLimits
from model.video.score import VideoScore

Classify = Callable[[Sequence[NDArray[np.uint8]]], list[dict[str, float]]]


class VideoWatcher:
    """Watches one video at a time. Safe to share between threads."""

    def __init__(
        self,
        classify: Classify,
        *,
        limits: VideoLimits = DEFAULT_LIMITS,
        target: int,
        process: ProcessLimits = DEFAULT_PROCESS,
    ) -> None:
        """Start nothing yet.

        Args:
            classify: `IsolatedClassifier.classify`, or something like it.
            limits: what one video may cost.
            target: pixels that the classifier needs along the short edge.
            process: what the decoder's process may use.
        """

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
            WorkerDied: the file crashed or stalled the decoder before its first frame.
        """
        raise NotImplementedError

    def close(self) -> None:
        """End the decoder. May be called from another thread, in the middle of a watch."""
