"""A video that takes too long to decode: only its key frames from some point on, to its end."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

from model.video.gathering import Gathering
from model.video.limits import VideoLimits
from model.video.score import VideoScore
from model.video.session import Session
from support import videos
from support.every_frame import share_of_magenta
from support.videos import RATE, Shot, film, moving, plain

TARGET = 64
EVERY_S = 1  # between two key frames
HIT_S = 9.0, 11.0
LENGTH_S = 14.0
FRAMES = int(LENGTH_S * RATE)
EACH_S = 1.0  # what a frame costs by the clock of these tests
KEYED = ("-g", str(EVERY_S * RATE))
CODECS = {
    "vp8": (".webm", videos.VP8),
    "vp9": (".webm", videos.VP9),
    "av1": (".webm", videos.AV1),
    "theora": (".ogv", videos.THEORA),
    "mpeg2video": (".mpg", ("-c:v", "mpeg2video", "-q:v", "4", "-r", "25")),
}


def classify(pictures: Sequence[NDArray[np.uint8]]) -> list[dict[str, float]]:
    return [{"hit": share_of_magenta(picture)} for picture in pictures]


def watched(path: Path, reader: str, limits: VideoLimits) -> tuple[VideoScore, int]:
    """Watch a film in this process; return its score and how many frames were decoded."""
    running, gathered = Session(path, reader, limits, TARGET), Gathering()
    done = False
    while not done:
        answer = running.turn()
        pictures, done = gathered.take(answer)
        gathered.score(classify(pictures))
    return gathered.result(limits, []), int(answer["decoded"])


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every look at the clock find that another second has passed."""
    ticks = count(0.0, EACH_S / 3)  # it is looked at some three times for a frame
    monkeypatch.setattr("model.video.session.time", SimpleNamespace(monotonic=lambda: next(ticks)))


@pytest.fixture(params=CODECS)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A film in which a magenta sheet is to be seen from 9 s to 11 s."""
    suffix, codec = CODECS[request.param]
    before, hit, after = (int(RATE * s) for s in (HIT_S[0], HIT_S[1] - HIT_S[0], 3.0))
    sheet = np.full_like(plain(0), (230, 30, 200))
    shots = [*moving(plain(0), before), Shot(sheet, hit), *moving(plain(1), after)]
    path = tmp_path / f"film{suffix}"
    path.write_bytes(film(shots, suffix, (*codec, *KEYED)))
    return path


@pytest.mark.usefixtures("slow")
def test_what_would_take_too_long_is_decoded_by_key_frames_to_its_end(path: Path) -> None:
    score, decoded = watched(path, "pyav", VideoLimits(seconds=FRAMES * EACH_S * 0.6))
    (reason,) = score.reasons
    assert reason.startswith("time: only key frames after ")
    assert score.partial
    assert decoded < FRAMES / 2
    assert score.coverage.duration_s == pytest.approx(LENGTH_S, abs=EVERY_S + 0.1)
    assert score.coverage.longest_gap_s <= 2 + EVERY_S
    assert score.coverage.frames_corrupt == 0
    hits = [moment.time_s for moment in score.moments if moment.scores["hit"] > 0.5]
    assert hits
    assert all(HIT_S[0] - 0.1 <= at <= HIT_S[1] + 0.1 for at in hits)


@pytest.mark.usefixtures("slow")
def test_a_reader_that_decodes_every_frame_stops_in_time_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "film.webm"
    path.write_bytes(film(moving(plain(0), FRAMES), codec=(*videos.VP8, *KEYED)))
    score, decoded = watched(path, "opencv", VideoLimits(seconds=FRAMES * EACH_S * 0.6))
    assert score.reasons[0].startswith("time: nothing after ")
    assert decoded < FRAMES
