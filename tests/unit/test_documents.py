"""Documents of many pages: one page is found and named, and what was left out is said."""

import io
import json
import logging
import threading
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.config import Settings
from bot.demo.commons import LogEntry, MiniCommons
from bot.engine import Seen
from bot.errors import NetworkFault, NotThereYet, Refused, ServerBusy
from bot.lanes import Lane, guess, lane_of
from support.bench import Bench, dull, striking

PAGES = 300
HIT = "p. 137"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with MiniCommons() as mini, Bench(tmp_path, mini) as made:
        yield made


@cache
def book(pages: int = PAGES) -> bytes:
    """Return a PDF of small empty pages."""
    first, *others = [Image.new("RGB", (60, 80), (20 * n % 256, 90, 60)) for n in range(pages)]
    encoded = io.BytesIO()
    first.save(encoded, "PDF", save_all=True, append_images=others)
    return encoded.getvalue()


def only(bench: Bench, **document: Any) -> Settings:
    """Return settings with other limits for documents."""
    changed = bench.settings.document.model_copy(update=document)
    return bench.settings.model_copy(update={"document": changed})


def state(bench: Bench, entry: LogEntry) -> tuple[str, str | None]:
    row = bench.row(entry)
    return row["state"], row["verdict"] or row["reason"]


def raising(error: Exception) -> Any:
    """Raise, where only an expression may stand."""
    raise error


def hit_at(*places: str) -> Any:
    """See something on these pages alone."""

    def look(data: bytes, place: str) -> Seen:
        return (striking if place in places else dull)(data, place)

    return look


def places(bench: Bench) -> list[str]:
    return [place for _, place in bench.engine.looks]


# All pages ----------------------------------------------------------------------------------------


def test_one_page_of_three_hundred_is_found_and_named(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    bench.engine.deed = hit_at(HIT)
    entry = bench.upload("Book.pdf", book())
    bench.turn()
    assert state(bench, entry) == ("scored", "review")
    assert not bench.partial(entry)
    (effect,) = bench.ledger.outbox.pending(limit=10)
    assert effect.entry["place"] == HIT
    assert sorted(places(bench)) == sorted(f"p. {n}" for n in range(1, PAGES + 1))
    (row,) = bench.sql("SELECT medium, views FROM scores")
    stored = [view["place"] for view in json.loads(row["views"])]
    assert (row["medium"], stored) == ("document", [f"p. {n}" for n in range(1, PAGES + 1)])
    told = next(line for line in caplog.messages if "series.looked-through" in line)
    for words in ("whole=300", "scored=300", "unseen=0", "at='p. 137'", "longest_run=1.0"):
        assert words in told


def test_the_address_of_one_page_tells_those_of_all(bench: Bench) -> None:
    bench.upload("7page9-500px-Book.pdf", book(12))
    bench.turn()
    assert sum("api.php" in path for path in bench.mini.asked) == 3  # description, page, hash
    assert len({data for data, _ in bench.engine.looks}) == 12


def test_an_address_that_is_not_as_foreseen_is_asked_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = bench.commons.rendition

    def moved(title: str, parameter: str) -> str | None:
        address = real(title, parameter)
        return address and address.replace("/page", "/./page") if "page1-" in parameter else address

    monkeypatch.setattr(bench.commons, "rendition", moved)
    bench.fetcher.before = lambda address: "/./page3-" in address and raising(Refused("403"))
    entry = bench.upload("Book.pdf", book(4))
    bench.turn()
    assert state(bench, entry) == ("scored", "cleared")
    assert not bench.partial(entry)


def test_a_document_of_one_page_is_seen_by_its_thumbnail(bench: Bench) -> None:
    entry = bench.upload("Sheet.pdf", book(1))
    bench.turn()
    assert state(bench, entry) == ("scored", "cleared")
    assert not bench.partial(entry)
    assert places(bench) == [""]


# Some pages ---------------------------------------------------------------------------------------


def test_beyond_the_limit_pages_are_spread_and_close_in_on_what_weighs_most(bench: Bench) -> None:
    bench.engine.deed = hit_at(*(f"p. {n}" for n in range(130, 140)))
    entry = bench.upload("Book.pdf", book())
    bench.turn(only(bench, pages=60))
    assert state(bench, entry) == ("scored", "review")
    assert bench.partial(entry)
    looked_at = sorted(int(place.removeprefix("p. ")) for place in places(bench))
    assert len(looked_at) == 60
    assert {1, PAGES} <= set(looked_at)
    assert max(b - a for a, b in pairwise(looked_at)) < 12
    assert sum(120 < number < 150 for number in looked_at) >= 12


def test_pages_that_are_left_out_clear_a_document_in_part_only(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    entry = bench.upload("Book.pdf", book())
    bench.turn(only(bench, pages=10))
    assert state(bench, entry) == ("scored", "cleared-in-part")
    assert "more than 10 pages (document.pages)" in caplog.text


def test_time_that_runs_out_leaves_what_was_seen_until_then(bench: Bench) -> None:
    enough = threading.Event()

    def slow(data: bytes, place: str) -> Seen:
        enough.wait(0.1)
        return dull(data, place)

    bench.engine.deed = slow
    entry = bench.upload("Book.pdf", book())
    bench.turn(only(bench, seconds=0.5))
    assert state(bench, entry) == ("scored", "cleared-in-part")
    assert 2 <= len(bench.engine.looks) < 10


# Pages that fail ----------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [NotThereYet("404"), NetworkFault("500")])
def test_a_page_that_is_awaited_costs_no_other_page_again(bench: Bench, error: Exception) -> None:
    bench.fetcher.before = lambda address: "page7-" in address and raising(error)
    entry = bench.upload("Book.pdf", book(20))
    bench.turn()
    assert state(bench, entry) == ("waiting", type(error).__name__)
    assert len(bench.engine.looks) == 19
    bench.fetcher.before = str
    bench.turn()
    assert state(bench, entry) == ("scored", "cleared")
    assert not bench.partial(entry)
    assert places(bench)[19:] == ["p. 7"]


def test_a_page_that_fails_once_is_tried_again_at_the_end(bench: Bench) -> None:
    failures = iter([NetworkFault("500")])

    def once(address: str) -> None:
        if "page7-" in address and (error := next(failures, None)):
            raise error

    bench.fetcher.before = once
    entry = bench.upload("Book.pdf", book(20))
    bench.turn()
    assert state(bench, entry) == ("scored", "cleared")
    assert places(bench)[-1] == "p. 7"


def test_a_page_that_is_never_rendered_leaves_the_rest_cleared_in_part(bench: Bench) -> None:
    bench.fetcher.before = lambda address: "page7-" in address and raising(Refused("403"))
    entry = bench.upload("Book.pdf", book(20))
    bench.turn()
    assert state(bench, entry) == ("scored", "cleared-in-part")


def test_a_long_document_of_which_nothing_can_be_had_costs_few_requests(bench: Bench) -> None:
    bench.fetcher.before = lambda _: raising(Refused("403"))
    entry = bench.upload("Book.pdf", book())
    bench.turn()
    assert state(bench, entry) == ("dead", "Refused")
    assert len(bench.fetcher.addresses) < 10


def test_a_busy_wiki_is_left_alone_and_what_was_seen_is_remembered(bench: Bench) -> None:
    def busy(_: str) -> None:
        if len(bench.engine.looks) == 5:
            raise ServerBusy("maxlag", retry_after=1.0)

    bench.fetcher.before = busy
    entry = bench.upload("Book.pdf", book(20))
    with pytest.raises(ServerBusy):
        bench.turn()
    assert state(bench, entry)[0] == "waiting"
    bench.fetcher.before = str
    bench.turn()
    assert state(bench, entry) == ("scored", "cleared")
    assert len(bench.engine.looks) == len(set(places(bench))) == 20


def test_a_bot_that_ends_gives_the_document_back(bench: Bench) -> None:
    def ending(data: bytes, place: str) -> Seen:
        bench.stop.set()
        return dull(data, place)

    bench.engine.deed = ending
    entry = bench.upload("Book.pdf", book(20))
    with pytest.raises(Exception, match="the bot is ending"):
        bench.documents.turn(bench.settings)
    assert bench.row(entry)["state"] == "waiting"
    assert bench.row(entry)["attempts"] == 0
    assert len(bench.engine.looks) == 1


# A lane of their own ------------------------------------------------------------------------------


def test_a_long_document_delays_no_picture(bench: Bench) -> None:
    bench.upload("Book.pdf", book(20))
    picture = bench.upload("A.png")
    bench.scorer.turn(bench.settings)
    assert state(bench, picture) == ("scored", "cleared")
    assert places(bench) == [""]


def test_the_lane_is_guessed_by_the_extension_and_set_right_by_the_wiki(bench: Bench) -> None:
    assert [guess(f"File:A.{kind}") for kind in ("PDF", "djvu", "tif", "webm")] == [
        Lane.DOCUMENTS,
        Lane.DOCUMENTS,
        Lane.PICTURES,
        Lane.VIDEOS,
    ]
    assert lane_of("document") is Lane.DOCUMENTS
    entry = bench.upload("Book.pdf", book(3))
    bench.sql("UPDATE uploads SET lane = 'pictures' WHERE log_id = ?", entry.log_id)
    bench.scorer.turn(bench.settings)
    assert bench.row(entry)["lane"] == "documents"
    bench.documents.turn(bench.settings)
    assert state(bench, entry) == ("scored", "cleared")
