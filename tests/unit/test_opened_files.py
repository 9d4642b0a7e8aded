"""Pictures decoded ahead and scored together: who is among them, and who pays when that fails."""

from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from bot.commons import FileInfo
from bot.config import Settings
from bot.engine import Pictures
from bot.gathering import Material
from bot.ledger import Job
from bot.media import Source
from bot.opening import Opened, opened, score_together
from bot.settings.intake import MediaSettings
from model.errors import Undecodable, WorkerDied
from model.image import Frame, Picture
from support.bench import DULL, STRIKING, ScriptedEngine

NOW = datetime.now(UTC)
INFO = FileInfo(
    title="File:A.png",
    sha1="ab" * 20,
    timestamp=NOW,
    mime="image/png",
    mediatype="BITMAP",
    width=9,
    height=9,
    size=99,
    pages=1,
    duration=0.0,
    url="",
    thumbnail=None,
)
JOB = Job(
    log_id=1, title=INFO.title, user="Alice", sha1=INFO.sha1, uploaded_at=NOW, attempt=1, lease="x"
)


class Recording(ScriptedEngine):
    """Gives each picture the score that its first value stands for, and notes each call."""

    def __init__(self, failure: Exception | None = None) -> None:
        super().__init__()
        self.calls: list[list[int]] = []
        self.failure = failure

    def classify(self, pictures: Pictures, *, hurried: bool = False) -> list[dict[str, float]]:
        """Note the call, then fail or answer."""
        assert hurried
        self.calls.append([int(pixels.flat[0]) for pixels in pictures])
        if self.failure:
            raise self.failure
        return [STRIKING if value else DULL for value in self.calls[-1]]

    def decode(self, data: bytes, media: MediaSettings) -> Picture:
        """Fail at two kinds of bytes."""
        if data == b"damaged":
            raise Undecodable("damaged")
        if data == b"deadly":
            raise WorkerDied("SIGSEGV")
        return super().decode(data, media)


def one(value: int, frames: int = 1) -> Opened:
    """Return a file of one picture."""
    shown = tuple(Frame(np.full((1, 1, 3), value, np.uint8), number) for number in range(frames))
    return Opened(INFO, [("", Picture(shown, "GIF", 1, 1, frames, truncated=False))], missing=0)


def done(result: Any) -> Future[Any]:
    """Return a task that has its result, or its error."""
    future: Future[Any] = Future()
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
    return future


def material(*contents: bytes) -> Material:
    pages = [(Source(place=f"p. {n}"), data) for n, data in enumerate(contents, 1)]
    return Material(INFO, pages, missing=1)


def test_files_of_one_frame_that_are_there_are_scored_in_one_call() -> None:
    engine = Recording()
    dull, animation, striking = one(0), one(1, frames=2), one(1)
    others = [done(None), done(Undecodable("damaged")), Future[Any](), done(animation)]
    score_together(engine, [done(dull), *others, done(striking)])
    assert engine.calls == [[0, 1]]
    assert (dull.scores, animation.scores, striking.scores) == ([DULL], None, [STRIKING])


def test_a_single_file_is_left_alone() -> None:
    engine = Recording()
    score_together(engine, [done(one(1)), Future()])
    assert engine.calls == []


@pytest.mark.parametrize("error", [WorkerDied("SIGSEGV"), ZeroDivisionError("a bug")])
def test_a_call_that_fails_leaves_every_file_to_answer_for_itself(error: Exception) -> None:
    files = [one(0), one(1)]
    score_together(Recording(error), map(done, files))
    assert [file.scores for file in files] == [None, None]


def test_a_page_that_cannot_be_decoded_is_missing() -> None:
    found = opened(Recording(), JOB, material(b"one", b"damaged", b"three"), Settings())
    assert [place for place, _ in found.pictures] == ["p. 1", "p. 3"]
    assert found.missing == 2


def test_a_page_that_kills_the_decoder_is_tried_again_before_it_is_done_without() -> None:
    settings = Settings()
    last = settings.retry.model_copy(update={"attempts": 1})
    pages = material(b"one", b"deadly")
    with pytest.raises(WorkerDied):
        opened(Recording(), JOB, pages, settings)
    assert opened(Recording(), JOB, pages, settings.model_copy(update={"retry": last})).missing == 2


def test_a_file_of_which_nothing_can_be_decoded_says_why() -> None:
    with pytest.raises(Undecodable):
        opened(Recording(), JOB, material(b"damaged", b"damaged"), Settings())
