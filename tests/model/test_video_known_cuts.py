"""Films whose cuts are known, drawings in them: every one is found, and nothing else is.

`LOOKOUT_VIDEO_FILMS` sets how many films are put together at random.
"""

import os
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from model.bundle import Bundle
from model.isolated_classifier import IsolatedClassifier
from model.video.score import VideoScore, aggregate, summed
from model.video.watcher import VideoWatcher
from support import videos
from support.videos import Shot, colour, drawn, film, plain

pytestmark = pytest.mark.model

THRESHOLD = 0.5
NEAR_S = 1.0
RANDOM_FILMS = int(os.environ.get("LOOKOUT_VIDEO_FILMS", "4"))
FAST = 25  # frames per second of the films with flashes

Watch = Callable[[bytes], VideoScore]
Insert = tuple[float, float]


@dataclass(frozen=True)
class Known:
    """Shots, and from when to when drawings are seen, in seconds."""

    shots: Sequence[Shot]
    inserts: Sequence[Insert]
    rate: int = videos.RATE


@pytest.fixture(scope="module")
def classifier_apart(bundle: Bundle, models: Path) -> Iterator[IsolatedClassifier]:
    with IsolatedClassifier(models, bundle.name) as classifier:
        yield classifier


@pytest.fixture
def watch(classifier_apart: IsolatedClassifier, tmp_path: Path) -> Iterator[Watch]:
    edge = classifier_apart.input_edge
    with VideoWatcher(classifier_apart.classify, target=edge) as watcher:

        def watch_bytes(data: bytes) -> VideoScore:
            path = tmp_path / "film"
            path.write_bytes(data)
            return watcher.watch(path)

        yield watch_bytes


def found(seen: VideoScore, inserts: Sequence[Insert]) -> tuple[int, int]:
    """Return how many of the inserts a scene points to, and how many scenes point elsewhere."""
    summary = aggregate(seen.scenes, summed(("drawing",)), threshold=THRESHOLD)
    hits = [scene.at_s for scene in summary.scenes if scene.score >= THRESHOLD]
    near = [{at for at in hits if start - NEAR_S <= at <= end + NEAR_S} for start, end in inserts]
    return sum(map(bool, near)), len(set(hits) - set().union(*near))


def check(
    watch: Watch, known: Known, codec: Sequence[str] = videos.VP9, suffix: str = ".webm"
) -> VideoScore:
    seen = watch(film(known.shots, suffix, codec, rate=known.rate))
    assert found(seen, known.inserts) == (len(known.inserts), 0), seen.moments
    assert not seen.partial, seen.reasons
    return seen


CUT = Known(
    (
        Shot(plain(0), 20),
        Shot(drawn(0), 10),
        Shot(plain(1), 15),
        Shot(drawn(1), 30),
        Shot(plain(2), 5),
    ),
    ((2, 3), (4.5, 7.5)),
)


@pytest.mark.parametrize(
    ("suffix", "codec"),
    [
        (".webm", videos.VP8),
        (".webm", videos.VP9),
        (".webm", videos.AV1),
        (".ogv", videos.THEORA),
        (".mpg", videos.MPEG1),
        (".mpg", videos.MPEG2),
    ],
    ids=["VP8", "VP9", "AV1", "Theora", "MPEG-1", "MPEG-2"],
)
def test_hard_cuts(watch: Watch, suffix: str, codec: Sequence[str]) -> None:
    seen = check(watch, CUT, codec, suffix)
    starts = [scene.start_s for scene in seen.scenes]
    for cut in (2, 3, 4.5, 7.5):
        assert min(abs(start - cut) for start in starts) <= 0.15


@pytest.mark.parametrize("fade", [5, 10, 20])
@pytest.mark.parametrize("around", ["photograph", "black"])
def test_fades(watch: Watch, fade: int, around: str) -> None:
    before, after = (plain(0), plain(3)) if around == "photograph" else (colour("black"),) * 2
    shots = (Shot(before, 25), Shot(drawn(2), fade + 10, fade), Shot(after, fade + 25, fade))
    begin = 2.5 + fade / videos.RATE
    check(watch, Known(shots, ((begin, begin + 1),)))


@pytest.mark.parametrize("at", [1, 2, 30, 31, 77])
def test_a_flash_of_one_frame(watch: Watch, at: int) -> None:
    shots = (Shot(plain(0), at), Shot(drawn(0), 1), Shot(plain(0), 80 - at))
    check(watch, Known(shots, ((at / FAST, (at + 1) / FAST),), FAST))


def test_flashes_one_after_the_other(watch: Watch) -> None:
    shots = [Shot(plain(1), 40)]
    for n in range(4):
        shots += [Shot(drawn(n), 1), Shot(plain(1), 2 if n < 2 else 40)]
    starts = [1.6, 1.72, 1.84, 3.48]
    check(watch, Known(shots, [(start, start + 1 / FAST) for start in starts], FAST))


def test_three_seconds_in_ten_minutes(watch: Watch, measured: Callable[[str], None]) -> None:
    seen = watch(videos.joined([(plain(0), 400), (drawn(1), 3), (plain(0), 197)]))
    assert found(seen, [(400, 403)]) == (1, 0)
    assert seen.coverage.duration_s == pytest.approx(600, abs=1)
    assert not seen.partial, seen.reasons
    measured(f"video: 3 s in 10 min: {seen.coverage}")


@pytest.mark.parametrize("picture", ["drawn", "plain"])
def test_a_clip_of_one_second(watch: Watch, picture: str) -> None:
    shot = Shot(drawn(3) if picture == "drawn" else plain(4), 10)
    seen = check(watch, Known((shot,), [(0, 1)] if picture == "drawn" else []))
    assert seen.coverage.duration_s == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("length", [2, 3, 5, 61])
def test_only_the_last_frame(watch: Watch, length: int) -> None:
    shots = (Shot(plain(2), length - 1), Shot(drawn(0), 1))
    check(watch, Known(shots, [((length - 1) / videos.RATE, length / videos.RATE)]))


@pytest.mark.parametrize("length", [1, 2, 30])
def test_only_the_first_frame(watch: Watch, length: int) -> None:
    check(watch, Known((Shot(drawn(1), 1), Shot(plain(0), length)), [(0, 0.1)]))


def test_plain_films_have_no_hits(watch: Watch) -> None:
    sheets = [Shot(colour(name), 15, 5) for name in ("black", "#a03020", "white", "#304050")]
    check(watch, Known([*sheets, *(Shot(plain(n), 15) for n in range(5))], []))


def random_film(number: int) -> Known:
    """Return a film of plain scenes of 0.3 to 6 s, every third a drawing of 1 to 4 s."""
    dice = random.Random(number)
    shots: list[Shot] = []
    inserts: list[Insert] = []
    length = 0
    for scene in range(12):
        hit = scene % 3 == 1
        frames = dice.randint(10, 40) if hit else dice.randint(3, 60)
        fade = dice.choice((0, 0, 3, 8)) if shots else 0
        picture = drawn(dice.randrange(4)) if hit else plain(dice.randrange(5))
        shots.append(Shot(picture, frames + fade, fade))
        if hit:
            inserts.append(((length + fade) / videos.RATE, (length + fade + frames) / videos.RATE))
        length += frames + fade
    return Known(shots, inserts)


def test_recall_of_inserts_of_a_second_or_more(
    watch: Watch, measured: Callable[[str], None]
) -> None:
    inserts = recalled = false = 0
    for number in range(RANDOM_FILMS):
        known = random_film(number)
        hits, others = found(watch(film(known.shots, codec=videos.VP8)), known.inserts)
        inserts, recalled, false = inserts + len(known.inserts), recalled + hits, false + others
    measured(f"video: {recalled} of {inserts} inserts found, {false} false hits")
    assert (recalled, false) == (inserts, 0)
