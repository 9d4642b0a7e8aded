"""Every line on an upload carries its key, and the last word on it is one line with everything."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
import structlog

import bot.demo
from bot.demo.commons import LogEntry, MiniCommons
from bot.engine import Seen
from bot.errors import ConfigInvalid, NetworkFault
from bot.logs import configure
from bot.rules import View
from model.errors import Undecodable, WorkerDied
from support.bench import STRIKING, Bench, dull, picture

CHIME = (Path(bot.demo.__file__).parent / "media/others/chime.wav").read_bytes()
LAST_WORDS = {"upload.scored", "upload.skipped", "upload.dead"}
COMMON = {"title", "attempts", "crashes", "age_s", "took_s"}
LIBRARY_AND_WE = """
import logging, structlog
from bot.logs import concerning, configure
configure()
with concerning(7):
    structlog.get_logger("x").warning("ours", title='File:"ä".jpg')
    logging.getLogger("urllib3").warning("theirs: %s", 9)
    try:
        1 / 0
    except ZeroDivisionError:
        structlog.get_logger("x").exception("broken")
"""

Line = MutableMapping[str, Any]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with MiniCommons() as mini, Bench(tmp_path, mini) as made:
        yield made


@pytest.fixture
def lines() -> list[Line]:
    """Every line that is logged from now on, as its fields."""
    found: list[Line] = []

    def keep(_: Any, method: str, fields: Line) -> str:
        found.append({**fields, "level": method})
        return ""

    merge = structlog.contextvars.merge_contextvars
    structlog.configure(
        processors=[merge, keep], wrapper_class=structlog.make_filtering_bound_logger(logging.INFO)
    )
    return found


def last_word(lines: list[Line], entry: LogEntry) -> Line:
    """Return the one last line on an upload; every line but those on no upload has a key."""
    concerned = [line for line in lines if line["event"].startswith("upload.")]
    assert all("key" in line for line in concerned)
    (line,) = [
        line for line in concerned if line["event"] in LAST_WORDS and line["key"] == entry.log_id
    ]
    assert set(line) >= COMMON
    return line


# The last word ------------------------------------------------------------------------------------


def test_a_scored_upload_ends_in_one_line_with_everything(bench: Bench, lines: list[Line]) -> None:
    bench.engine.deed = lambda *_: Seen((View(STRIKING),), partial=True)
    entry = bench.upload("A.png")
    bench.turns()
    line = last_word(lines, entry)
    assert line["event"] == "upload.scored"
    assert (line["verdict"], line["hits"]) == ("review", "drawn=1.00")
    assert (line["model"], line["medium"], line["views"]) == ("scripted/1", "image", 1)
    assert (line["partial"], line["attempts"], line["crashes"]) == (True, 1, 0)
    assert line["age_s"] >= 0
    assert line["took_s"] > 0


def test_what_was_tried_several_times_still_ends_in_one_line(
    bench: Bench, lines: list[Line]
) -> None:
    outcomes = iter([NetworkFault("reset"), WorkerDied("crashed"), None])

    def stumble(*_: object) -> Seen:
        if error := next(outcomes):
            raise error
        return dull()

    bench.engine.deed = stumble
    entry = bench.upload("A.png")
    bench.turns()
    line = last_word(lines, entry)
    assert (line["attempts"], line["crashes"]) == (3, 1)
    postponed = [line for line in lines if line["event"] == "upload.postponed"]
    assert [line["key"] for line in postponed] == [entry.log_id] * 2


def test_a_skipped_and_a_dead_upload_end_in_one_line_each(bench: Bench, lines: list[Line]) -> None:
    def damaged(*_: object) -> Seen:
        raise Undecodable("damaged")

    bench.engine.deed = damaged
    sound, broken = bench.upload("Chime.wav", CHIME), bench.upload("Damaged.png")
    bench.turns()
    assert last_word(lines, sound)["reason"] == "audio"
    line = last_word(lines, broken)
    assert (line["kind"], line["error"], line["level"]) == ("Undecodable", "damaged", "warning")


def test_an_upload_whose_workers_vanished_ends_in_one_line_too(
    bench: Bench, lines: list[Line]
) -> None:
    entry = bench.upload("A.png")
    for _ in range(4):
        bench.ledger.queue.claim(limit=9, lease_s=-1.0, max_attempts=3)
    line = last_word(lines, entry)
    assert (line["event"], line["kind"], line["attempts"]) == ("upload.dead", "LeaseExpired", 3)
    bench.turns()
    assert last_word(lines, entry) is line


def test_whoever_lost_the_lease_has_no_last_word(bench: Bench, lines: list[Line]) -> None:
    def lose_it(*_: object) -> Seen:
        bench.sql("UPDATE uploads SET lease = 'another'")
        return dull()

    bench.engine.deed = lose_it
    bench.upload("A.png")
    bench.turn()
    assert [line["event"] for line in lines] == ["upload.lease-lost"]


def test_lines_of_the_threads_that_fetch_carry_the_key_as_well(
    bench: Bench, lines: list[Line]
) -> None:
    bench.fetcher.before = lambda address: structlog.get_logger().info("fetching", of=address)
    entries = [bench.upload(f"{n}.png", picture(f"rgb({n},9,9)")) for n in range(8)]
    bench.turns()
    keys = {
        line["of"].rsplit("/")[-1]: line["key"] for line in lines if line["event"] == "fetching"
    }
    assert keys == {entry.title.removeprefix("File:"): entry.log_id for entry in entries}


def test_attempts_and_failures_are_counted(bench: Bench) -> None:
    bench.fetcher.before = lambda _: (_ for _ in ()).throw(NetworkFault("reset"))
    bench.upload("A.png")
    bench.turns(bench.adjusted(attempts=3))
    assert bench.scorer._vitals.attempts == 3
    assert bench.scorer._vitals.failures == {"NetworkFault": 3}


# The form -----------------------------------------------------------------------------------------


def written(**environment: str) -> list[str]:
    """Return what a process writes that logs by itself and by a library."""
    done = subprocess.run(
        [sys.executable, "-c", LIBRARY_AND_WE],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stderr.splitlines()


def test_every_line_is_a_json_object_when_asked_for() -> None:
    ours, theirs, broken = map(json.loads, written(LOOKOUT_LOG="json"))
    assert (ours["event"], ours["title"]) == ("ours", 'File:"ä".jpg')
    assert (theirs["event"], theirs["logger"]) == ("theirs: 9", "urllib3")
    assert "ZeroDivisionError" in broken["exception"]
    for line, level in ((ours, "warning"), (theirs, "warning"), (broken, "error")):
        assert (line["key"], line["level"]) == (7, level)
        assert line["timestamp"].endswith("Z")


def test_text_is_the_default() -> None:
    lines = written(LOOKOUT_LOG="")
    assert "level=warning event=ours" in lines[0]
    assert "key=7" in lines[0]
    assert "logger=urllib3" in lines[1]


def test_a_form_that_there_is_not_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOKOUT_LOG", "xml")
    with pytest.raises(ConfigInvalid, match="LOOKOUT_LOG is 'xml', but can be text or json"):
        configure()
    assert logging.getLogger().handlers
