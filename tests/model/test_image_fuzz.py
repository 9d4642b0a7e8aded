"""Damaged and hostile files: each gives a picture or a typed error, and the worker lives on.

`LOOKOUT_FUZZ_FILES` sets how many damaged files there are, `LOOKOUT_FUZZ_SEED` which.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from damaged.bombs import bombs
from damaged.mutations import damaged
from damaged.seeds import seeds

from model.decoder import IsolatedDecoder
from model.errors import ImageError
from model.image import DecodeLimits
from model.isolation import ProcessLimits

FILES = int(os.environ.get("LOOKOUT_FUZZ_FILES", "600"))
SEED = int(os.environ.get("LOOKOUT_FUZZ_SEED", "20260101"))
BATCH = 100
TIMEOUT_S = 10.0
LIMITS = DecodeLimits(pixels=16_000_000, frames_in_file=1_000, animation_pixels=64_000_000)
PROCESS = ProcessLimits(memory_bytes=400 * 2**20)

Outcomes = Counter[tuple[str, str]]


@pytest.fixture(scope="module")
def decoder() -> Iterator[IsolatedDecoder]:
    with IsolatedDecoder(limits=LIMITS, target=224, process=PROCESS) as made:
        yield made


@pytest.fixture(scope="module")
def outcomes(pytestconfig: pytest.Config) -> Iterator[Outcomes]:
    """Count outcomes by kind of file, and print the table at the end."""
    counted: Outcomes = Counter()
    began = time.monotonic()
    yield counted
    reporter = pytestconfig.pluginmanager.get_plugin("terminalreporter")
    if reporter:
        for (kind, outcome), count in sorted(counted.items()):
            reporter.write_line(f"  {kind:<10}{outcome:<12}{count:>7}")
        reporter.write_line(f"  {counted.total()} files, {time.monotonic() - began:.0f} s")


def outcome(decoder: IsolatedDecoder, data: bytes) -> str:
    """Decode; a WorkerDied or any other error outside of ImageError fails the test."""
    try:
        picture = decoder.decode(data, timeout_s=TIMEOUT_S)
    except ImageError as error:
        return type(error).__name__
    assert 1 <= len(picture.frames) <= LIMITS.frames
    assert all(frame.pixels.ndim == 3 and frame.pixels.size for frame in picture.frames)
    return "truncated" if picture.truncated else "picture"


@pytest.mark.parametrize("first", range(0, FILES, BATCH))
def test_a_damaged_file_gives_a_picture_or_an_image_error(
    decoder: IsolatedDecoder, outcomes: Outcomes, first: int
) -> None:
    files = seeds()
    for index in range(first, min(first + BATCH, FILES)):
        data = damaged(index, SEED, list(files.values()))
        outcomes["damaged", outcome(decoder, data)] += 1


@pytest.mark.parametrize("name", bombs())
def test_a_bomb_gives_a_picture_or_an_image_error(
    decoder: IsolatedDecoder, outcomes: Outcomes, name: str
) -> None:
    outcomes["bomb", outcome(decoder, bombs()[name])] += 1


@pytest.mark.parametrize("name", seeds())
def test_an_undamaged_file_gives_a_whole_picture(
    decoder: IsolatedDecoder, outcomes: Outcomes, name: str
) -> None:
    seen = outcome(decoder, seeds()[name])
    outcomes["whole", seen] += 1
    assert seen == "picture"
