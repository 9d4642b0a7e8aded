"""From the stream into the ledger: bounded, in order, and safe from SIGKILL."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot import ingest as ingest_module
from bot.demo.eventstream import EventStreamServer
from bot.errors import LedgerBusy, MalformedEvent
from bot.events import Hole, Upload
from bot.ingest import Ingest
from bot.ledger import Intake, Ledger
from bot.ledger import sqlite as sqlite_ledger
from bot.stream import Delivery, now_position
from support.ledgers import STREAM, address, rows, states
from support.uploads import QUICK_SILENCE_S, event, publish, stream_of, upload, wait_until

pytestmark = pytest.mark.timeout(60)
TESTS = Path(__file__).parents[1]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with Ledger(address(path)) as opened:
        yield opened


@pytest.fixture
def stop() -> threading.Event:
    return threading.Event()


def deliveries(count: int) -> list[Delivery]:
    """Return uploads 1 to `count`, each at the position of its number."""
    return [Delivery(number, upload(number)) for number in range(1, count + 1)]


@contextmanager
def running(stop: threading.Event, *loops: Callable[[], None]) -> Iterator[None]:
    """Run each loop in a thread; stop and join them all at the end."""
    threads = [threading.Thread(target=loop, daemon=True) for loop in loops]
    for thread in threads:
        thread.start()
    yield
    stop.set()
    for thread in threads:
        thread.join()


class NotingIntake(Intake):
    """Remembers what each transaction was given."""

    batches: list[tuple[list[int], int | None]]

    def record(
        self,
        stream: str,
        batch: Sequence[Upload],
        position: int | None,
        bad: Sequence[tuple[MalformedEvent, str]] = (),
        holes: Sequence[Hole] = (),
    ) -> int:
        """Note, then store."""
        self.batches.append(([upload.log_id for upload in batch], position))
        return super().record(stream, batch, position, bad, holes)


def test_what_was_delivered_before_the_stop_is_stored(
    ledger: Ledger, stop: threading.Event
) -> None:
    ingest = Ingest(ledger.intake, STREAM, stop)
    ingest.read(deliveries(1500))
    stop.set()
    ingest.write()
    assert states(ledger) == {"waiting": 1500}
    assert ledger.intake.position(STREAM) == 1500


def test_deliveries_are_stored_in_order_and_the_cursor_covers_just_them(
    ledger: Ledger, stop: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_module, "BATCH_EVENTS", 7)
    intake = NotingIntake(ledger._engine)
    intake.batches = []
    ingest = Ingest(intake, STREAM, stop)
    ingest.read(deliveries(50))
    stop.set()
    ingest.write()
    assert [log_id for batch, _ in intake.batches for log_id in batch] == list(range(1, 51))
    assert all(position == batch[-1] for batch, position in intake.batches)
    assert len(intake.batches) == 8


def test_a_late_event_in_a_batch_does_not_pull_the_cursor_back(
    ledger: Ledger, stop: threading.Event
) -> None:
    ingest = Ingest(ledger.intake, STREAM, stop)
    ingest.read([Delivery(900), Delivery(500, upload(1)), Delivery(None)])
    stop.set()
    ingest.write()
    assert ledger.intake.position(STREAM) == 900


def test_what_could_not_be_read_is_kept_without_moving_the_cursor(
    ledger: Ledger, stop: threading.Event
) -> None:
    ingest = Ingest(ledger.intake, STREAM, stop)
    ingest.read([Delivery(None, bad=(MalformedEvent("no JSON"), '{"a":'))])
    stop.set()
    ingest.write()
    assert ledger.census.take().rejected_events == 1
    assert ledger.intake.position(STREAM) is None


def test_a_reader_that_cannot_hand_off_still_stops(
    ledger: Ledger, stop: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_module, "HAND_OFF_EVENTS", 3)
    monkeypatch.setattr(ingest_module, "PATIENCE_S", 0.01)
    ingest = Ingest(ledger.intake, STREAM, stop)
    with running(stop, lambda: ingest.read(deliveries(10))):
        wait_until(ingest._hand_off.full)
    ingest.write()
    assert states(ledger) == {"waiting": 3}
    assert ledger.intake.position(STREAM) == 3


def test_a_full_hand_off_leaves_the_servers_socket_unread(
    ledger: Ledger, stop: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_module, "HAND_OFF_EVENTS", 5)
    monkeypatch.setattr(ingest_module, "GATHER_S", 0.0)
    total = 400
    with EventStreamServer() as server:
        ingest = Ingest(ledger.intake, server.url, stop)
        stream = stream_of(server.url, position=now_position(), silence_s=QUICK_SILENCE_S)
        for log_id in range(1, total + 1):  # 40 MB, which no socket's buffers hold
            server.publish(event(log_id, comment="x" * 50_000))

        def sent() -> int:
            return sum(connection._sent for connection in server._service._connections)

        def stalled() -> bool:
            before = sent()
            time.sleep(0.1)
            return ingest._hand_off.full() and sent() == before

        with running(stop, lambda: ingest.read(stream)):
            wait_until(stalled)
            assert 0 < sent() < total
            with running(stop, ingest.write):
                wait_until(lambda: ledger.census.take().seen == total)


def test_a_locked_ledger_is_waited_for_and_nothing_overtakes(
    ledger: Ledger, path: Path, stop: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_ledger, "BUSY_TIMEOUT_S", 0.01)
    monkeypatch.setattr(ingest_module, "PATIENCE_S", 0.01)
    with Ledger(address(path)) as other:
        intake = NotingIntake(other._engine)
        intake.batches = []
        ingest = Ingest(intake, STREAM, stop)
        ingest.read(deliveries(3))
        with running(stop, ingest.write):
            with ledger._engine.begin():
                wait_until(lambda: len(intake.batches) > 1)
            wait_until(lambda: states(ledger) == {"waiting": 3})
    assert {position for _, position in intake.batches} == {3}


def test_stopped_while_the_ledger_is_locked_the_cursor_stays(
    ledger: Ledger, path: Path, stop: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_ledger, "BUSY_TIMEOUT_S", 0.01)
    with Ledger(address(path)) as other:
        ingest = Ingest(other.intake, STREAM, stop)
        ingest.read(deliveries(3))
        stop.set()
        with ledger._engine.begin(), pytest.raises(LedgerBusy):
            ingest.write()
    assert ledger.intake.position(STREAM) is None


def test_no_upload_is_lost_or_doubled_by_sigkill_at_any_moment(path: Path) -> None:
    start, share = now_position(), 100
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    with EventStreamServer() as server, Ledger(address(path)) as ledger:
        command = [sys.executable, "-m", "support.ingest_child", server.url, address(path)]
        server.faults.duplicate, server.faults.garbage = 40, 3

        def live(first: int, enough: int) -> None:
            """Publish a share while a new process reads; kill it when `enough` are stored."""
            child = subprocess.Popen([*command, str(start)], env=environment)
            publish(server, range(first, first + share))
            wait_until(lambda: ledger.census.take().seen >= enough)
            child.kill()
            child.wait()

        for kill in range(3):
            live(1 + kill * share, enough=kill * share + 1)
        live(1 + 3 * share, enough=4 * share)
        assert rows(address(path), "SELECT log_id FROM uploads") == [
            (i,) for i in range(1, 4 * share + 1)
        ]
