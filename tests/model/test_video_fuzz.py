"""Damaged and lying videos: none crashes, hangs, or passes for seen whole with a hit unseen.

`LOOKOUT_FUZZ_VIDEOS` sets how many there are, `LOOKOUT_FUZZ_SEED` which.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from damaged.mutations import damaged
from numpy.typing import NDArray

from model.errors import ImageError, WorkerDied
from model.isolation import START_TIMEOUT_S, IsolatedWorker, ProcessLimits
from model.video.limits import VideoLimits
from model.video.score import VideoScore, aggregate, summed
from model.video.watcher import MARGIN_S, VideoWatcher
from support import videos
from support.every_frame import share_of_magenta
from support.videos import Shot, film, moving

VIDEOS = int(os.environ.get("LOOKOUT_FUZZ_VIDEOS", "40"))
SEED = int(os.environ.get("LOOKOUT_FUZZ_SEED", "20260101"))
BATCH = 100
PROOF_S = 60.0
THRESHOLD = 0.5
LIMITS = VideoLimits(seconds=15, pixels=4_000_000, frames=32)
PROCESS = ProcessLimits(memory_bytes=700 * 2**20)
LATEST_S = LIMITS.seconds + 2 * MARGIN_S + START_TIMEOUT_S


@cache
def seeds() -> tuple[bytes, ...]:
    """Return a film in every codec, in whose midst the sheet of one colour is the hit."""
    height, width = 96, 128
    sheet = np.full((height, width, 3), (230, 30, 200), np.uint8)
    before, after = (videos.plain(n)[:height, :width] for n in (0, 1))
    shots = [*moving(before, 8), *moving(sheet, 12), Shot(after, 8)]
    kinds: Sequence[tuple[str, Sequence[str]]] = (
        (".webm", videos.VP8),
        (".webm", videos.VP9),
        (".webm", videos.AV1),
        (".ogv", videos.THEORA),
        (".mpg", videos.MPEG1),
        (".mpg", videos.MPEG2),
    )
    return tuple(film(shots, suffix, codec) for suffix, codec in kinds)


def classify(pictures: Sequence[NDArray[np.uint8]]) -> list[dict[str, float]]:
    """Stand in for the model: what is asked here is whether the frames are looked at."""
    return [{"hit": share_of_magenta(picture)} for picture in pictures]


@pytest.fixture(scope="module")
def proof() -> Iterator[IsolatedWorker]:
    """Decodes every frame of a file and returns the highest share of magenta."""
    limits = ProcessLimits(calls_before_recycling=50)
    with IsolatedWorker("support.every_frame:serve", options={}, limits=limits) as worker:
        yield worker


def watched(path: Path) -> VideoScore | ImageError | WorkerDied:
    try:
        with VideoWatcher(classify, target=64, limits=LIMITS, process=PROCESS) as watcher:
            return watcher.watch(path)
    except (ImageError, WorkerDied) as error:
        return error


def outcome(path: Path, proof: IsolatedWorker) -> str:
    """Watch a file, and check what is said of it against the decoding of every frame."""
    seen = watched(path)
    if not isinstance(seen, VideoScore):
        return type(seen).__name__
    if seen.partial:
        return "in part"
    summary = aggregate(seen.scenes, summed(("hit",)), threshold=THRESHOLD)
    if summary.overall >= THRESHOLD:
        return "the hit is found"
    highest = proof.call(str(path), timeout_s=PROOF_S)
    assert highest < THRESHOLD, f"a frame of {highest:.2f} was not seen"
    return "whole, none of its frames has it"


@pytest.mark.parametrize("number", range(len(seeds())))
def test_an_undamaged_film_is_seen_whole(
    proof: IsolatedWorker, tmp_path: Path, number: int
) -> None:
    path = tmp_path / "film"
    path.write_bytes(seeds()[number])
    assert outcome(path, proof) == "the hit is found"


@pytest.mark.parametrize("first", range(0, VIDEOS, BATCH))
def test_a_damaged_film_is_never_taken_for_safe(
    proof: IsolatedWorker, measured: Callable[[str], None], tmp_path: Path, first: int
) -> None:
    path = tmp_path / "film"
    outcomes: Counter[str] = Counter()
    for index in range(first, min(first + BATCH, VIDEOS)):
        path.write_bytes(damaged(index, SEED, seeds()))
        began = time.monotonic()
        try:
            outcomes[outcome(path, proof)] += 1
        except AssertionError as error:
            raise AssertionError(f"film {index} of seed {SEED}: {error}") from error
        assert time.monotonic() - began < LATEST_S + PROOF_S
    measured(f"damaged videos from {first}: {dict(sorted(outcomes.items()))}")
