"""Everything that can be wrong with the order of things, from the stream to the suggestion.

Real stream, real ledger, real log, real scorer; only what the model sees is told by the test.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from threading import Event

import pytest

from bot import gapfill
from bot.demo.commons import LogEntry, MiniCommons
from bot.demo.eventstream import EventStreamServer
from bot.demo.traffic import log_event
from bot.gapfill import GapFiller
from bot.ingest import Ingest
from bot.logevents import WikiLog
from bot.stream import now_position
from support.bench import Bench, picture, striking
from support.uploads import stream_of

MINUTE_S = 60
DAY_S = 86_400
FAR_FUTURE = "2999-01-01T00:00:00Z"
OVERLAP_S = 5
FRESH_S = 60.0


class World:
    """A wiki, its stream, and a bot that takes one step after the other."""

    def __init__(self, bench: Bench, stream: EventStreamServer) -> None:
        self.bench = bench
        self.ledger = bench.ledger
        self.wiki = bench.wiki
        self.stream = stream
        self.start = now_position()
        self.now: datetime | None = None  # on the wiki; None follows the clock
        self.patient = False  # however long the stream says nothing
        self.wiki.clock = lambda: self.now or datetime.now(UTC).replace(microsecond=0)

    def upload(self, title: str, colour: str = "red") -> LogEntry:
        """Upload a square of one colour; the stream does not know of it yet."""
        return self.wiki.upload(f"File:{title}", picture(colour), user="Alice", comment="")

    def delete(self, title: str) -> LogEntry:
        """Delete a file."""
        return self.wiki.delete(f"File:{title}", user="Admin", comment="")

    def restore(self, title: str) -> LogEntry:
        """Bring a file back."""
        return self.wiki.restore(f"File:{title}", user="Admin", comment="")

    def move(self, title: str, target: str) -> LogEntry:
        """Move a file and leave no redirect."""
        names = (f"File:{title}", f"File:{target}")
        return self.wiki.move(*names, user="Admin", comment="", redirect=False)

    def tell(self, *entries: LogEntry, **changes: object) -> None:
        """Publish events in this order."""
        for entry in entries:
            self.stream.publish({**log_event(entry), **changes})

    def read(self, count: int) -> None:
        """Read so many events from where the ledger is, as after a restart, and store them."""
        position = self.ledger.intake.position(self.stream.url) or self.start
        hole_s = DAY_S if self.patient else MINUTE_S
        bounds = {"overlap_seconds": OVERLAP_S, "hole_seconds": hole_s}
        events = stream_of(self.stream.url, position=position, **bounds)
        stop = Event()
        ingest = Ingest(self.ledger.intake, self.stream.url, stop)
        ingest.read(islice(events, count))
        stop.set()
        ingest.write()

    def score(self) -> None:
        """Let the scorer come to an end with everything."""
        self.bench.turns()

    def ends(self) -> dict[int, str]:
        """Return how each upload ended: its verdict, or why it has none."""
        counts = self.ledger.census.take()
        assert counts.balanced
        rows = self.bench.sql("SELECT log_id, verdict, reason FROM uploads")
        assert len(rows) == counts.seen
        return {row["log_id"]: row["verdict"] or row["reason"] for row in rows}

    def suggested(self) -> list[str]:
        """Return the titles that would stand on the page."""
        return [effect.entry["title"] for effect in self.ledger.outbox.pending(limit=99)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with (
        MiniCommons() as mini,
        EventStreamServer() as stream,
        Bench(tmp_path, mini) as bench,
    ):
        bench.engine.deed = striking
        yield World(bench, stream)


def test_events_out_of_order(world: World) -> None:
    first, second = world.upload("A.png", "red"), world.upload("A.png", "blue")
    world.tell(second, first)
    world.read(2)
    world.score()
    assert world.ends() == {first.log_id: "superseded", second.log_id: "review"}
    assert world.suggested() == ["File:A.png"]


def test_an_event_doubled_at_once_and_again_after_a_restart(world: World) -> None:
    entry = world.upload("A.png")
    world.stream.faults.duplicate = 1
    world.tell(entry)
    world.read(2)
    world.score()
    world.tell(entry)
    world.read(3)  # the first two once more, because of the overlap
    world.score()
    assert world.ends() == {entry.log_id: "review"}
    assert world.suggested() == ["File:A.png"]


def test_a_file_moved_before_it_is_fetched(world: World) -> None:
    entry = world.upload("Old.png")
    world.tell(entry, world.move("Old.png", "New.png"))
    world.read(2)
    world.score()
    assert world.ends() == {entry.log_id: "review"}
    assert world.suggested() == ["File:New.png"]


def test_a_file_whose_move_is_told_before_its_upload(world: World) -> None:
    entry = world.upload("Old.png")
    world.tell(world.move("Old.png", "New.png"), entry)
    world.read(2)
    world.score()
    assert world.ends() == {entry.log_id: "review"}
    assert world.suggested() == ["File:New.png"]


def test_two_files_that_change_titles(world: World) -> None:
    red, blue = world.upload("A.png", "red"), world.upload("B.png", "blue")
    moves = [
        world.move("A.png", "C.png"),
        world.move("B.png", "A.png"),
        world.move("C.png", "B.png"),
    ]
    world.tell(red, blue, *moves)
    world.read(5)
    world.score()
    assert world.ends() == {red.log_id: "review", blue.log_id: "review"}
    assert sorted(world.suggested()) == ["File:A.png", "File:B.png"]


def test_a_file_deleted_before_it_is_fetched(world: World) -> None:
    entry = world.upload("A.png")
    world.tell(entry, world.delete("A.png"))
    world.read(2)
    world.score()
    assert world.ends() == {entry.log_id: "gone"}
    assert world.suggested() == []


def test_a_file_restored_after_it_was_given_up(world: World) -> None:
    entry = world.upload("A.png")
    world.tell(entry, world.delete("A.png"))
    world.read(2)
    world.score()
    back = world.restore("A.png")
    world.tell(back)
    world.read(3)
    world.score()
    assert world.ends() == {entry.log_id: "gone", back.log_id: "review"}
    (effect,) = world.ledger.outbox.pending(limit=9)
    assert (effect.entry["title"], effect.entry["user"]) == ("File:A.png", "Alice")


def test_a_file_restored_under_the_models_eyes_is_scored_again_but_not_looked_at(
    world: World,
) -> None:
    entry = world.upload("A.png")
    world.tell(entry)
    world.read(1)
    world.score()
    world.delete("A.png")
    back = world.restore("A.png")
    world.tell(back)
    world.read(2)
    world.score()
    assert world.ends() == {entry.log_id: "review", back.log_id: "review"}
    assert len(world.bench.engine.looks) == 1


def test_a_file_overwritten_quickly(world: World) -> None:
    entries = [world.upload("A.png", colour) for colour in ("red", "green", "blue", "white")]
    ahead = entries[-1].version
    assert ahead
    assert ahead.uploaded_at > datetime.now(UTC)  # MediaWiki gives each version a second of its own
    world.tell(*entries)
    world.read(4)
    world.score()
    *older, newest = [entry.log_id for entry in entries]
    assert world.ends() == {**dict.fromkeys(older, "superseded"), newest: "review"}
    assert len(world.bench.engine.looks) == 1


def test_an_event_from_the_future_does_not_move_the_cursor_beyond_now(world: World) -> None:
    first, second = world.upload("A.png", "red"), world.upload("B.png", "blue")
    world.tell(first, meta={"dt": FAR_FUTURE})
    world.read(1)
    position = world.ledger.intake.position(world.stream.url)
    assert position
    assert position <= now_position()
    world.tell(second)
    world.read(2)
    world.score()
    assert world.ends() == {first.log_id: "review", second.log_id: "review"}


def test_an_upload_dated_in_the_future_is_not_awaited_for_ever(world: World) -> None:
    fresh = world.bench.adjusted(fresh_seconds=FRESH_S)
    entry = world.upload("A.png")
    params = {"img_sha1": "0" * 31, "img_timestamp": "29990101000000"}
    world.tell(entry, log_params=params)
    world.delete("A.png")
    world.read(1)
    world.bench.turn(fresh)
    assert world.ends() == {entry.log_id: "gone"}


def test_late_events_that_come_behind_the_cursor(world: World) -> None:
    late, early = world.upload("A.png", "red"), world.upload("B.png", "blue")
    now = datetime.now(UTC)
    world.tell(early, meta={"dt": now.isoformat()})
    world.read(1)
    world.tell(late, meta={"dt": (now - timedelta(minutes=10)).isoformat()})
    before = world.ledger.intake.position(world.stream.url)
    world.read(2)
    assert world.ledger.intake.position(world.stream.url) == before
    world.score()
    assert world.ends() == {early.log_id: "review", late.log_id: "review"}


def test_events_that_the_stream_no_longer_has(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gapfill, "RIPE_S", 0)
    hours_ago = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
    world.start = int((hours_ago - timedelta(hours=1)).timestamp() * 1000)
    world.now = hours_ago
    lost, deleted, moved = (world.upload(f"{n}.png", f"rgb({n},0,0)") for n in range(3))
    world.delete("1.png")
    back = world.restore("1.png")
    world.move("2.png", "Moved.png")
    hidden = world.upload("3.png")
    world.wiki.hide(hidden.log_id, "action", "user")
    world.now = None
    heard = world.upload("Heard.png", "blue")
    world.tell(heard)
    world.read(1)
    assert world.ledger.census.take().gap_seconds > 3 * 3600
    fill(world)
    world.score()
    entries = (lost, deleted, moved, back, heard)
    assert world.ends() == {entry.log_id: "review" for entry in entries}
    assert "File:Moved.png" in world.suggested()


def test_an_event_that_the_stream_lost_in_silence(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gapfill, "RIPE_S", 0)
    world.patient = True
    now = datetime.now(UTC).replace(microsecond=0)
    entries = []
    for title, hours in {"First.png": 3, "Lost.png": 2, "Last.png": 0}.items():
        world.now = now - timedelta(hours=hours)
        entries.append(world.upload(title))
    first, lost, last = entries
    world.start = int(first.at.timestamp() * 1000)
    world.tell(first, meta={"dt": first.at.isoformat()})
    world.read(1)
    fill(world)  # nothing yet; it is noted from where on
    world.stream.faults.drop = 1
    for entry in (lost, last):
        world.tell(entry, meta={"dt": entry.at.isoformat()})
    world.read(2)
    assert lost.log_id not in world.ends()
    assert world.ledger.census.take().gap_seconds == 0
    fill(world)
    world.score()
    assert world.ends() == {entry.log_id: "review" for entry in entries}


def test_an_event_garbled_for_good(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gapfill, "RIPE_S", 0)
    torn, whole = world.upload("A.png", "red"), world.upload("B.png", "blue")
    # Of the first event there is never more than what comes before the second, read twice.
    world.stream.faults.garbage, world.stream.faults.garbage_kind = 2, "torn_event"
    world.tell(whole)
    world.read(2)
    assert world.ledger.census.take().rejected_events == 1
    assert torn.log_id not in world.ends()
    fill(world)
    world.score()
    assert world.ends() == {torn.log_id: "review", whole.log_id: "review"}


def fill(world: World) -> None:
    """Fill every gap from the wiki's log, and check what was read."""
    log = WikiLog(world.bench.commons.api, "commonswiki")
    settings = world.bench.settings.stream.model_copy(update={"url": world.stream.url})
    filler = GapFiller(world.ledger, log, settings)
    while filler.turn():
        pass
    assert world.ledger.census.take().gap_seconds == 0
