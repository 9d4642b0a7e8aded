"""One source's trouble holds up none of the others."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.commons import Commons
from bot.config import Settings
from bot.errors import Refused, ServerBusy
from bot.ledger import Bookmark, Ledger
from bot.review import deletions, kept
from bot.review.reader import ReviewReader
from bot.review.words import Reading
from bot.settings.intake import WikiSettings
from bot.settings.reviewing import ReviewSettings
from support.ledgers import address

SETTINGS = Settings(reviews=ReviewSettings(sources=("deletion", "kept")))
READING = Reading(source="kept", bookmark=Bookmark(source="kept", place="", position=7))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(address(tmp_path / "ledger.sqlite")) as opened:
        yield opened


@pytest.fixture
def reader(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReviewReader]:
    """A reader whose talk pages bring one reading."""
    monkeypatch.setattr(kept, "readings", lambda *_: iter([READING]))
    with closing(Commons(WikiSettings(), user_agent="test", width=500)) as commons:
        yield ReviewReader(ledger, commons, own_name="Bot")


def raising(error: Exception) -> Any:
    def readings(*_: object) -> Iterator[Reading]:
        raise error

    return readings


def test_a_refusal_is_logged_once_and_the_others_are_read(
    ledger: Ledger,
    reader: ReviewReader,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(deletions, "readings", raising(Refused("not here")))
    reader.turn(SETTINGS)
    reader.turn(SETTINGS)
    assert ledger.reviews.position("kept", "") == 7
    assert caplog.text.count("not here") == 1


def test_a_busy_wiki_is_asked_again_later(
    ledger: Ledger, reader: ReviewReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletions, "readings", raising(ServerBusy("maxlag")))
    with pytest.raises(ServerBusy):
        reader.turn(SETTINGS)
    assert ledger.reviews.position("kept", "") is None


def test_a_stretch_cut_short_is_read_on_at_once(
    reader: ReviewReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = Reading(source="kept", bookmark=READING.bookmark, more=True)
    monkeypatch.setattr(deletions, "readings", lambda *_: iter([]))
    assert reader.turn(SETTINGS) == 0
    monkeypatch.setattr(kept, "readings", lambda *_: iter([more]))
    assert reader.turn(SETTINGS) == 1
