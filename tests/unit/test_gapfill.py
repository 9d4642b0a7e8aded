"""Gaps are filled from the log of a miniature Commons, whatever happens meanwhile."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import logevents
from bot.demo.commons import LogEntry, MiniCommons
from bot.demo.traffic import log_event
from bot.errors import NetworkFault, Refused
from bot.events import Hole, parse_upload
from bot.gapfill import GapFiller, starting_position
from bot.ledger import Ledger
from bot.logevents import PARTS, WikiLog
from bot.settings.intake import StreamSettings, WikiSettings
from bot.stream import now_position
from bot.wikiapi import WikiApi
from support.bench import AGENT, picture
from support.ledgers import STREAM, address, rows, states
from support.scripted import ScriptedServer, as_json, in_turn

PAGE = 2  # entries per request, so that a gap takes several
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
WIKI = "commonswiki"
SETTINGS = StreamSettings(url=STREAM, overlap_seconds=0, check_hours=1.0)


class World:
    """A wiki whose clock is an hour slow, a ledger, and a gap that covers that hour."""

    def __init__(self, mini: MiniCommons, path: Path) -> None:
        self.place = address(path)
        self.ledger = Ledger(self.place)
        self.wiki = mini.wiki
        self.now = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        self.wiki.clock = self.tick
        self.api = WikiApi(WikiSettings(api=mini.addresses.api), user_agent=AGENT)
        self.log = WikiLog(self.api, WIKI)
        self.filler = GapFiller(self.ledger, self.log, SETTINGS)

    def tick(self) -> datetime:
        """Let a second pass on the wiki."""
        self.now += timedelta(seconds=1)
        return self.now

    def upload(self, name: str, colour: str = "red") -> LogEntry:
        """Upload a small square."""
        return self.wiki.upload(f"File:{name}", picture(colour), user="Alice", comment="")

    def open_gap(self, minutes: int = 120) -> None:
        """Note a gap from `minutes` ago to half an hour ago."""
        until = now_position() - 30 * MINUTE_MS
        hole = Hole(now_position() - minutes * MINUTE_MS, until, "skipped")
        self.ledger.intake.record(STREAM, [], until, holes=[hole])

    def fill(self) -> int:
        """Take turns until no gap is left; return how many."""
        turns = 0
        while self.filler.turn():
            turns += 1
        assert self.ledger.census.take().gap_seconds == 0.0
        return turns

    def titles(self) -> dict[int, str]:
        """Return what the ledger has, by log id."""
        return dict(rows(self.place, "SELECT log_id, title FROM uploads ORDER BY log_id"))


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(logevents, "ENTRIES_PER_REQUEST", PAGE)
    with MiniCommons() as mini:
        made = World(mini, tmp_path / "ledger.sqlite")
        yield made
        made.api.close()
        made.ledger.close()


def test_without_a_gap_the_wiki_is_not_asked(world: World) -> None:
    world.api.close()
    assert world.filler.turn() == 0


def test_every_upload_in_the_gap_is_found_once_and_none_outside(world: World) -> None:
    world.now -= timedelta(hours=2)
    world.upload("Before.png")
    world.now += timedelta(hours=2)
    entries = [world.upload(f"{n}.png") for n in range(2 * PAGE + 1)]
    world.now = datetime.now(UTC).replace(microsecond=0)
    world.upload("After.png")
    world.open_gap()
    assert world.fill() == 4  # three pages of uploads, one of what was restored
    assert world.titles() == {entry.log_id: entry.title for entry in entries}
    assert world.fill() == 0


def test_the_log_and_the_stream_tell_of_an_upload_in_the_same_way(world: World) -> None:
    first = world.upload("A.png")
    world.upload("A.png", "blue")
    world.wiki.delete("File:A.png", user="Admin", comment="")
    world.wiki.restore("File:A.png", user="Admin", comment="")
    streamed = [parse_upload({**log_event(e), "wiki": WIKI}, WIKI) for e in world.wiki.log]
    since, until = (int(m.timestamp() * 1000) for m in (first.at, world.now))
    found = [
        upload
        for part in PARTS
        for page in [world.log.page(part, since, until), world.log.page(part, since, until)]
        for upload in page.uploads
    ]
    assert len({upload.action for upload in found}) == 3
    assert {*found} == {*streamed} - {None}


def test_files_restored_in_the_gap_are_found(world: World) -> None:
    world.upload("Old.png")
    world.wiki.delete("File:Old.png", user="Admin", comment="")
    world.now += timedelta(minutes=1)
    since = int(world.now.timestamp() * 1000)
    back = world.wiki.restore("File:Old.png", user="Admin", comment="")
    hole = Hole(since, now_position() - MINUTE_MS, "skipped")
    world.ledger.intake.record(STREAM, [], None, holes=[hole])
    world.fill()
    assert rows(world.place, "SELECT log_id, action, sha1 FROM uploads") == [
        (back.log_id, "restore", None)
    ]


def test_hidden_entries_break_nothing_and_a_hidden_user_hides_no_file(world: World) -> None:
    gone, nameless, plain = (world.upload(f"{n}.png") for n in range(3))
    world.wiki.hide(gone.log_id, "action", "user")
    world.wiki.hide(nameless.log_id, "user")
    world.open_gap()
    world.fill()
    assert rows(world.place, "SELECT log_id, user FROM uploads ORDER BY log_id") == [
        (nameless.log_id, ""),
        (plain.log_id, "Alice"),
    ]
    assert world.ledger.census.take().rejected_events == 0


def test_a_new_filler_goes_on_where_the_last_one_was(world: World) -> None:
    entries = [world.upload(f"{n}.png") for n in range(3 * PAGE)]
    world.open_gap()
    world.filler.turn()
    assert len(world.titles()) == PAGE
    world.filler = GapFiller(world.ledger, world.log, SETTINGS)
    assert world.fill() == 3
    assert len(world.titles()) == len(entries)


def test_a_gap_that_has_just_opened_waits_for_the_wikis_replicas(world: World) -> None:
    hole = Hole(now_position() - MINUTE_MS, now_position(), "skipped")
    world.ledger.intake.record(STREAM, [], None, holes=[hole])
    assert world.filler.turn() == 0
    assert world.ledger.census.take().gap_seconds == 60.0


def test_gaps_are_filled_one_after_the_other(world: World) -> None:
    world.upload("A.png")
    world.open_gap(minutes=180)
    world.open_gap(minutes=120)
    assert world.fill() == 4
    assert states(world.ledger) == {"waiting": 1}


def test_a_token_the_wiki_no_longer_takes_has_its_log_read_again(world: World) -> None:
    world.upload("A.png")
    world.open_gap()
    (gap,) = world.ledger.gaps.open(STREAM)
    world.ledger.gaps.progress(gap, [], part="upload", token="of another version")  # noqa: S106 - no secret
    world.fill()
    assert list(world.titles().values()) == ["File:A.png"]


def test_a_wiki_that_refuses_its_log_leaves_the_gap_open(world: World) -> None:
    world.open_gap()
    refusal = as_json({"error": {"code": "readapidenied", "info": "no"}})
    with ScriptedServer(in_turn(refusal)) as server:
        world.filler = GapFiller(world.ledger, log_of(server), SETTINGS)
        with pytest.raises(Refused):
            world.filler.turn()
    assert len(world.ledger.gaps.open(STREAM)) == 1


@pytest.mark.parametrize("answer", [{}, {"query": {}}, {"query": []}, {"query": None}])
def test_an_answer_without_a_log_closes_no_gap(world: World, answer: object) -> None:
    world.open_gap()
    with ScriptedServer(in_turn(as_json(answer))) as server:
        world.filler = GapFiller(world.ledger, log_of(server), SETTINGS)
        with pytest.raises(NetworkFault):
            world.filler.turn()
    assert len(world.ledger.gaps.open(STREAM)) == 1


def test_an_entry_that_is_not_whole_is_kept_for_a_person(world: World) -> None:
    entry = {"logid": 7, "ns": 6, "title": "File:A.png", "type": "upload", "action": "upload"}
    page = as_json({"batchcomplete": True, "query": {"logevents": [entry]}})
    world.open_gap()
    with ScriptedServer(in_turn(page)) as server:
        world.filler = GapFiller(world.ledger, log_of(server), SETTINGS)
        world.fill()
    counts = world.ledger.census.take()
    assert (counts.seen, counts.rejected_events) == (0, 1)


def log_of(server: ScriptedServer) -> WikiLog:
    """Return the log of a wiki that answers as its script says."""
    settings = WikiSettings(api=f"{server.url}/w/api.php")
    return WikiLog(WikiApi(settings, user_agent=AGENT), WIKI)


# What the stream loses in silence -----------------------------------------------------------------


def test_what_was_read_is_compared_with_the_log_every_so_often(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    start = now_position() - 90 * MINUTE_MS
    world.ledger.intake.record(STREAM, [], start)
    assert world.filler.turn() == 0  # it is noted from where on
    heard, lost = world.upload("Heard.png"), world.upload("Lost.png")
    told = [parse_upload({**log_event(heard), "wiki": WIKI}, WIKI)]
    world.ledger.intake.record(STREAM, [upload for upload in told if upload], start + HOUR_MS - 1)
    assert world.filler.turn() == 0  # not long enough yet
    world.ledger.intake.record(STREAM, [], start + HOUR_MS)
    assert world.fill() == 2
    assert {*world.titles()} == {heard.log_id, lost.log_id}
    (said,) = [record for record in caplog.records if "stream.lost" in record.getMessage()]
    assert "uploads=1" in said.getMessage()
    assert world.fill() == 0


def test_the_log_need_not_be_compared(world: World) -> None:
    never = SETTINGS.model_copy(update={"check_hours": 0.0})
    world.filler = GapFiller(world.ledger, world.log, never)
    world.ledger.intake.record(STREAM, [], MINUTE_MS)
    world.filler.turn()
    assert world.ledger.gaps.checked(STREAM) is None


# Where reading starts -----------------------------------------------------------------------------


def test_a_first_start_is_remembered_before_anything_is_read(world: World) -> None:
    position = starting_position(world.ledger, STREAM)
    assert abs(position - now_position()) < MINUTE_MS
    assert starting_position(world.ledger, STREAM) == position
    assert world.ledger.gaps.open(STREAM) == []


def test_a_first_start_since_some_time_leaves_the_time_before_to_the_log(world: World) -> None:
    entry = world.upload("A.png")
    since = int(entry.at.timestamp() * 1000)
    position = starting_position(world.ledger, STREAM, since)
    (gap,) = world.ledger.gaps.open(STREAM)
    assert (gap.since, gap.until, gap.reason) == (since, position, "asked")


def test_a_start_since_a_time_that_was_read_already_has_it_read_again(world: World) -> None:
    world.ledger.intake.record(STREAM, [], 10 * MINUTE_MS)
    assert starting_position(world.ledger, STREAM, 5 * MINUTE_MS) == 10 * MINUTE_MS
    (gap,) = world.ledger.gaps.open(STREAM)
    assert (gap.since, gap.until) == (5 * MINUTE_MS, 10 * MINUTE_MS)


def test_a_start_since_a_time_to_which_the_stream_has_not_come_skips_nothing(world: World) -> None:
    world.ledger.intake.record(STREAM, [], 10 * MINUTE_MS)
    assert starting_position(world.ledger, STREAM, 20 * MINUTE_MS) == 10 * MINUTE_MS
    assert world.ledger.gaps.open(STREAM) == []


def test_started_again_with_the_same_time_nothing_is_read_again(world: World) -> None:
    starting_position(world.ledger, STREAM, MINUTE_MS)
    world.ledger.intake.record(STREAM, [], now_position() + MINUTE_MS)
    starting_position(world.ledger, STREAM, MINUTE_MS)
    starting_position(world.ledger, STREAM, 2 * MINUTE_MS)
    assert len(world.ledger.gaps.open(STREAM)) == 1
