"""What a video may cost, and what becomes of one that costs more or kills its decoder."""

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from model.errors import NoPictures, OverLimit, Undecodable, Unsupported, WorkerDied
from model.fingerprint import fingerprint
from model.isolation import ProcessLimits
from model.video.limits import VideoLimits
from model.video.score import VideoScore
from model.video.watcher import Classify, VideoWatcher
from rig.recordings import sound
from support import videos
from support.videos import RATE, Shot, film, plain

Pictures = Sequence[NDArray[np.uint8]]
TARGET = 64
SHORT = (Shot(plain(0), 20), Shot(plain(1), 20))


def classify(pictures: Pictures) -> list[dict[str, float]]:
    return [{"bright": float(picture.mean() / 255)} for picture in pictures]


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[bytes], Path]:
    def save(data: bytes) -> Path:
        path = tmp_path / "film"
        path.write_bytes(data)
        return path

    return save


def watch(path: Path, scoring: Classify = classify, **limits: float) -> VideoScore:
    given = VideoLimits(**limits)  # type: ignore[arg-type]
    with VideoWatcher(scoring, target=TARGET, limits=given) as watcher:
        return watcher.watch(path)


def many_cuts(scenes: int) -> bytes:
    shots = [Shot(np.roll(plain(n), 37 * n, axis=1), 5) for n in range(scenes)]
    return film(shots, codec=videos.VP8)


def kill_decoder(pictures: Pictures) -> list[dict[str, float]]:
    for child in psutil.Process().children():
        if "model.isolated_child" in child.cmdline():  # other tests have children, too
            child.kill()
    return classify(pictures)


def test_first_and_last_frame_and_every_two_seconds_are_looked_at(
    saved: Callable[[bytes], Path],
) -> None:
    seen = watch(saved(film([*SHORT, *videos.moving(plain(2), 50)])))
    times = [moment.time_s for moment in seen.moments]
    assert times[0] == 0
    assert times[-1] == pytest.approx(9 - 1 / RATE)
    assert seen.coverage.longest_gap_s <= 2.05
    assert seen.coverage.duration_s == pytest.approx(9, abs=0.01)
    assert all(len(scene.moments) >= 2 for scene in seen.scenes)
    assert (seen.reasons, seen.codec, seen.width, seen.height) == ((), "vp9", 320, 240)


def test_frames_that_look_the_same_are_scored_once(saved: Callable[[bytes], Path]) -> None:
    scored: list[int] = []

    def counting(pictures: Pictures) -> list[dict[str, float]]:
        scored.append(len(pictures))
        return classify(pictures)

    seen = watch(saved(film([Shot(plain(0), 100)])), counting)
    assert sum(scored) == seen.coverage.frames_scored <= 3
    assert seen.coverage.frames_repeated >= 5


def test_every_moment_has_the_fingerprint_of_the_frame_that_was_scored(
    saved: Callable[[bytes], Path],
) -> None:
    marks: list[str] = []

    def marking(pictures: Pictures) -> list[dict[str, float]]:
        marks.extend(map(fingerprint, pictures))
        return classify(pictures)

    seen = watch(saved(film([*SHORT, Shot(plain(0), 20)])), marking)
    assert all(moment.fingerprint == marks[moment.number] for moment in seen.moments)
    assert len(set(marks)) >= 2
    assert "" not in marks
    again = [moment for moment in seen.moments if moment.repeated]
    assert again[-1].fingerprint == seen.moments[0].fingerprint


def test_frames_are_scored_in_batches_while_the_next_are_decoded(
    saved: Callable[[bytes], Path],
) -> None:
    sizes: list[int] = []

    def counting(pictures: Pictures) -> list[dict[str, float]]:
        sizes.append(len(pictures))
        return classify(pictures)

    watch(saved(many_cuts(20)), counting, batch=4)
    assert len(sizes) > 1
    assert max(sizes) <= 8  # a cut brings two frames at once


def test_a_budget_of_frames_covers_the_whole_length_and_is_said(
    saved: Callable[[bytes], Path],
) -> None:
    seen = watch(saved(many_cuts(60)), frames=20)
    assert seen.coverage.frames_scored <= 20
    assert seen.coverage.longest_gap_s < 10
    assert seen.moments[-1].time_s == pytest.approx(30 - 1 / RATE, abs=0.01)
    assert any("scenes were not looked at" in reason for reason in seen.reasons)


def test_no_time_is_no_error_and_not_all(saved: Callable[[bytes], Path]) -> None:
    seen = watch(saved(many_cuts(10)), seconds=0.001)
    assert seen.moments
    assert any(reason.startswith("time: nothing after") for reason in seen.reasons)


def test_bytes_beyond_the_budget_are_not_looked_at(saved: Callable[[bytes], Path]) -> None:
    data = many_cuts(20)
    seen = watch(saved(data), file_bytes=len(data) // 2)
    assert seen.coverage.duration_s < 9
    assert any(reason.startswith("bytes: only the first") for reason in seen.reasons)


def test_a_file_that_lost_its_end_says_so(saved: Callable[[bytes], Path]) -> None:
    data = many_cuts(20)
    seen = watch(saved(data[: len(data) // 2]))
    assert any("it claims" in reason for reason in seen.reasons)


def test_damage_is_counted_and_the_rest_is_seen(saved: Callable[[bytes], Path]) -> None:
    shots = [Shot(plain(n), 5) for n in range(10)]
    data = bytearray(film(shots, ".ogv", videos.THEORA))
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    seen = watch(saved(bytes(data)))
    assert seen.coverage.frames_corrupt
    assert any("damaged" in reason for reason in seen.reasons)
    assert seen.coverage.duration_s == pytest.approx(5, abs=0.5)


def test_a_decoder_that_dies_leaves_what_was_seen_marked_as_part(
    saved: Callable[[bytes], Path],
) -> None:
    seen = watch(saved(many_cuts(60)), kill_decoder, batch=1)
    assert seen.moments
    assert any("decoder ended early" in reason for reason in seen.reasons)


def test_a_decoder_without_memory_has_seen_nothing(saved: Callable[[bytes], Path]) -> None:
    process = ProcessLimits(memory_bytes=300 * 2**20)
    path = saved(film([Shot(np.zeros((2000, 3000, 3), np.uint8), 2)]))
    with (
        VideoWatcher(classify, target=TARGET, process=process) as watcher,
        pytest.raises((WorkerDied, Undecodable)),
    ):
        watcher.watch(path)


def test_a_closed_watcher_ends_a_watch_and_begins_no_other(saved: Callable[[bytes], Path]) -> None:
    path = saved(many_cuts(60))
    watcher = VideoWatcher(lambda _: pytest.fail("scored after the end"), target=TARGET)
    closing = threading.Timer(0.2, watcher.close)
    closing.start()
    with pytest.raises((WorkerDied, ValueError)):
        watcher.watch(path)
    closing.join()
    with pytest.raises(ValueError, match="closed"):
        watcher.watch(path)


def test_a_file_that_has_no_name_any_more_is_watched(tmp_path: Path) -> None:
    path = tmp_path / "film"
    path.write_bytes(film(SHORT))
    with path.open("rb") as opened:
        path.unlink()
        seen = watch(Path(f"/proc/{os.getpid()}/fd/{opened.fileno()}"))
    assert len(seen.scenes) == 2


def test_opencv_serves_as_well(saved: Callable[[bytes], Path]) -> None:
    with VideoWatcher(classify, target=TARGET, reader="opencv") as watcher:
        seen = watcher.watch(saved(film(SHORT)))
    assert [scene.start_s for scene in seen.scenes][:2] == pytest.approx([0, 2])


@pytest.mark.parametrize(
    ("data", "kind"), [(b"", Undecodable), (b"GIF89a", Unsupported), (b"OggS" * 9, Undecodable)]
)
def test_what_is_no_video_is_an_error(
    saved: Callable[[bytes], Path], data: bytes, kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        watch(saved(data))


def test_a_sound_has_nothing_to_score(saved: Callable[[bytes], Path]) -> None:
    with pytest.raises(NoPictures, match="sound"):
        watch(saved(sound(".ogg", "-c:a", "libvorbis")))


def test_too_many_pixels_are_an_error(saved: Callable[[bytes], Path]) -> None:
    with pytest.raises(OverLimit, match="320 x 240"):
        watch(saved(film(SHORT)), pixels=10_000)


def test_a_missing_file_is_the_callers_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        watch(tmp_path / "none")
