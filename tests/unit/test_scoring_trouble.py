"""The scorer when the wiki, the workers or the bot itself are in trouble: who pays, who goes on."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import bot.demo
from bot import renewal
from bot.commons import FileInfo
from bot.demo.commons import LogEntry, MiniCommons
from bot.engine import Seen
from bot.errors import GateClosed, NetworkFault, Refused, ServerBusy, Unreachable
from bot.ledger import Ledger, Outcome
from bot.ledger import sqlite as sqlite_ledger
from bot.settings.intake import MediaSettings
from model.errors import BundleMissing, WorkerDied
from support.bench import Bench, dull, picture
from support.ledgers import address

BOOKLET = (Path(bot.demo.__file__).parent / "media/others/booklet.pdf").read_bytes()
BUSY = ServerBusy("503", retry_after=7.0)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with MiniCommons() as mini, Bench(tmp_path, mini) as made:
        yield made


def raising(error: Exception) -> Any:
    """Raise, where only an expression may stand."""
    raise error


def uploads(bench: Bench, count: int) -> list[LogEntry]:
    """Upload files named 0.png, 1.png and so on, in the order in which the scorer takes them."""
    made = [bench.upload(f"{n}.png", picture(f"rgb({n},9,9)")) for n in reversed(range(count))]
    return made[::-1]


def standing(bench: Bench, entries: list[LogEntry]) -> list[tuple[str, int]]:
    """Return state and counted attempts of each upload."""
    rows = [bench.row(entry) for entry in entries]
    return [(row["state"], row["attempts"]) for row in rows]


# The wiki -----------------------------------------------------------------------------------------


def test_a_busy_server_ends_the_batch_and_one_file_pays_for_the_question(bench: Bench) -> None:
    entries = uploads(bench, 8)
    bench.fetcher.before = lambda address: "/2.png" in address and raising(BUSY)
    with pytest.raises(ServerBusy) as caught:
        bench.turn()
    assert caught.value.retry_after == 7.0
    assert standing(bench, entries) == [("scored", 1)] * 2 + [("waiting", 1)] + [("waiting", 0)] * 5


def test_a_busy_server_is_not_asked_for_the_rest_of_the_batch(bench: Bench) -> None:
    uploads(bench, 20)
    bench.fetcher.before = lambda _: raising(BUSY)
    with pytest.raises(ServerBusy):
        bench.turn()
    assert len(bench.fetcher.addresses) < 10


def test_a_file_that_always_overtaxes_the_server_holds_the_others_up_only_so_often(
    bench: Bench,
) -> None:
    entries = uploads(bench, 3)
    bench.fetcher.before = lambda address: "/0.png" in address and raising(BUSY)
    settings = bench.adjusted(attempts=2)
    for _ in range(2):
        with pytest.raises(ServerBusy):
            bench.turn(settings)
    bench.turns(settings)
    assert standing(bench, entries) == [("dead", 2), ("scored", 1), ("scored", 1)]


def test_a_host_out_of_reach_costs_no_upload_an_attempt(bench: Bench) -> None:
    entries = uploads(bench, 4)
    bench.fetcher.before = lambda address: "/1.png" in address and raising(Unreachable("refused"))
    with pytest.raises(Unreachable):
        bench.turn()
    assert standing(bench, entries) == [("scored", 1)] + [("waiting", 0)] * 3


def test_a_closed_gate_costs_no_upload_an_attempt(bench: Bench) -> None:
    entries = uploads(bench, 3)
    closed = GateClosed("another was told to wait", retry_after=9.0)
    bench.fetcher.before = lambda address: "/1.png" in address and raising(closed)
    with pytest.raises(GateClosed):
        bench.turn()
    assert standing(bench, entries) == [("scored", 1), ("waiting", 0), ("waiting", 0)]


def test_what_was_seen_outlasts_a_pause_that_the_wiki_asks_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = uploads(bench, 3)
    closed = GateClosed("another was told to wait", retry_after=9.0)
    with monkeypatch.context() as patch:
        patch.setattr(bench.commons, "hashes", lambda _: raising(closed))
        bench.turn()
    assert standing(bench, entries) == [("leased", 1)] * 3
    bench.turn()
    assert standing(bench, entries) == [("scored", 1)] * 3
    assert len(bench.engine.looks) == 3


def test_what_waits_for_the_end_of_a_pause_is_given_back_at_the_end(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = uploads(bench, 3)
    closed = GateClosed("another was told to wait", retry_after=9.0)
    monkeypatch.setattr(bench.commons, "hashes", lambda _: raising(closed))
    bench.turn()
    bench.scorer.abandon()
    assert standing(bench, entries) == [("waiting", 0)] * 3


def test_a_picture_that_breaks_off_costs_only_its_own_file_an_attempt(bench: Bench) -> None:
    entries = uploads(bench, 4)
    bench.fetcher.before = lambda address: "/1.png" in address and raising(NetworkFault("reset"))
    bench.turn()
    assert standing(bench, entries) == [("scored", 1), ("waiting", 1), ("scored", 1), ("scored", 1)]


def test_a_page_out_of_reach_is_no_missing_page(bench: Bench) -> None:
    bench.fetcher.before = lambda address: "page2-" in address and raising(Unreachable("refused"))
    entry = bench.upload("Booklet.pdf", BOOKLET)
    with pytest.raises(Unreachable):
        bench.turn(bench.adjusted(attempts=1))
    assert standing(bench, [entry]) == [("waiting", 0)]


@pytest.mark.parametrize("error", [BUSY, NetworkFault("timed out"), Refused("no")], ids=repr)
@pytest.mark.parametrize("call", ["files", "hashes"])
def test_when_the_wiki_itself_gives_no_answer_nothing_is_counted_and_nothing_kept(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, error: Exception, call: str
) -> None:
    entries = uploads(bench, 3)
    monkeypatch.setattr(bench.commons, call, lambda _: raising(error))
    with pytest.raises(type(error)):
        bench.turn()
    assert standing(bench, entries) == [("waiting", 0)] * 3
    monkeypatch.undo()
    bench.turn()
    assert standing(bench, entries) == [("scored", 1)] * 3


def test_one_file_that_the_wiki_refuses_to_describe_does_not_hold_up_the_others(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    describe = bench.commons.files

    def refusing(titles: list[str]) -> dict[str, FileInfo]:
        if "File:1.png" in titles:
            raise Refused("internal error", code="internal_api_error_Exception")
        return describe(titles)

    monkeypatch.setattr(bench.commons, "files", refusing)
    entries = uploads(bench, 3)
    bench.turn()
    assert standing(bench, entries) == [("scored", 1), ("waiting", 1), ("scored", 1)]


# The workers --------------------------------------------------------------------------------------


def test_a_crashed_worker_costs_one_attempt(bench: Bench) -> None:
    crashes = iter([True, False])
    bench.engine.deed = lambda *_: raising(WorkerDied("SIGSEGV")) if next(crashes) else dull()
    (entry,) = uploads(bench, 1)
    bench.turn()
    assert standing(bench, [entry]) == [("waiting", 1)]
    assert bench.row(entry)["reason"] == "WorkerDied"
    bench.turn()
    assert standing(bench, [entry]) == [("scored", 2)]


def test_a_file_that_crashes_every_worker_is_dead_and_not_safe(bench: Bench) -> None:
    bench.engine.deed = lambda *_: raising(WorkerDied("SIGSEGV"))
    (entry,) = uploads(bench, 1)
    bench.turns(bench.adjusted(attempts=3))
    assert standing(bench, [entry]) == [("dead", 3)]
    assert bench.row(entry)["reason"] == "WorkerDied"


def test_crashes_have_a_limit_of_their_own_that_other_failures_do_not_use_up(
    bench: Bench,
) -> None:
    errors = iter([WorkerDied, NetworkFault, NetworkFault, WorkerDied])
    bench.engine.deed = lambda *_: raising(next(errors)("in trouble"))
    (entry,) = uploads(bench, 1)
    bench.turns(bench.adjusted(attempts=12, crashes=2))
    assert standing(bench, [entry]) == [("dead", 4)]
    assert bench.row(entry)["reason"] == "WorkerDied"


def test_a_file_that_has_failed_for_too_long_is_given_up(bench: Bench) -> None:
    bench.fetcher.before = lambda _: raising(NetworkFault("reset"))
    (entry,) = uploads(bench, 1)
    patient = bench.adjusted(give_up_hours=1.0, attempts=50)
    bench.turn(patient)
    bench.sql("UPDATE uploads SET failing_since = failing_since - 3590")
    bench.turn(patient)
    assert standing(bench, [entry]) == [("waiting", 2)]
    bench.sql("UPDATE uploads SET failing_since = failing_since - 10")
    bench.turn(patient)
    assert standing(bench, [entry]) == [("dead", 3)]


def test_a_page_that_crashes_every_worker_does_not_hide_the_other_pages(bench: Bench) -> None:
    def crash_on_page_1(_data: bytes, place: str) -> Seen:
        return raising(WorkerDied("SIGSEGV")) if place == "p. 1" else dull(place=place)

    bench.engine.deed = crash_on_page_1
    entry = bench.upload("Booklet.pdf", BOOKLET)
    bench.turn(bench.adjusted(attempts=2))
    assert standing(bench, [entry]) == [("waiting", 1)]
    bench.turn(bench.adjusted(attempts=2))
    assert bench.row(entry)["verdict"] == "cleared-in-part"


def test_an_error_for_a_person_is_not_hidden_by_a_ledger_that_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_ledger, "BUSY_TIMEOUT_S", 0.01)
    with (
        MiniCommons() as mini,
        Bench(tmp_path, mini) as bench,
        Ledger(address(bench.database)) as other,
        other._engine.connect() as lock,
    ):

        def fail_once_locked(*_: object) -> Seen:
            lock.begin()
            raise BundleMissing("install it")

        bench.engine.deed = fail_once_locked
        uploads(bench, 1)
        with pytest.raises(BundleMissing):
            bench.turn()


def test_an_error_for_a_person_stops_the_bot_and_gives_everything_unfinished_back(
    bench: Bench,
) -> None:
    sights = iter([dull(), None])
    bench.engine.deed = lambda *_: next(sights) or raising(BundleMissing("install it"))
    entries = uploads(bench, 4)
    with pytest.raises(BundleMissing):
        bench.turn()
    assert standing(bench, entries) == [("scored", 1)] + [("waiting", 0)] * 3


def test_a_file_that_meets_a_bug_pays_for_ending_the_bot_and_its_neighbours_do_not(
    bench: Bench,
) -> None:
    sights = iter([dull(), None])
    bench.engine.deed = lambda *_: next(sights) or raising(ZeroDivisionError("a bug"))
    entries = uploads(bench, 4)
    with pytest.raises(ZeroDivisionError):
        bench.turn()
    assert standing(bench, entries) == [("scored", 1), ("leased", 1)] + [("waiting", 0)] * 2


# The bot itself -----------------------------------------------------------------------------------


def test_a_file_whose_scores_cannot_be_stored_does_not_take_its_batch_along(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    entries = uploads(bench, 3)
    store = bench.ledger.queue.finish_all

    def refuse_the_last(outcomes: Sequence[Outcome]) -> set[int]:
        if any(outcome.job.title == "File:2.png" for outcome in outcomes):
            raise RuntimeError("a bug")
        return store(outcomes)

    monkeypatch.setattr(bench.ledger.queue, "finish_all", refuse_the_last)
    with pytest.raises(RuntimeError, match="a bug"):
        bench.turn()
    assert standing(bench, entries) == [("scored", 1), ("scored", 1), ("leased", 1)]
    assert "scoring.singly" in caplog.text


def test_a_stop_signal_keeps_what_was_looked_at_and_gives_the_rest_back(bench: Bench) -> None:
    def last(*_: object) -> Seen:
        bench.stop.set()
        return dull()

    bench.engine.deed = last
    entries = uploads(bench, 12)
    bench.turn()
    assert standing(bench, entries) == [("scored", 1)] + [("waiting", 0)] * 11
    assert len(bench.engine.looks) == 1


def test_a_stop_signal_before_the_turn_costs_nothing(bench: Bench) -> None:
    bench.stop.set()
    entries = uploads(bench, 3)
    bench.turn()
    assert standing(bench, entries) == [("waiting", 0)] * 3
    assert bench.engine.looks == []


def test_what_is_abandoned_from_another_thread_is_not_recorded_later(bench: Bench) -> None:
    def abandoned(*_: object) -> Seen:
        bench.scorer.abandon()
        return dull()

    bench.engine.deed = abandoned
    (entry,) = uploads(bench, 1)
    bench.turn()
    assert standing(bench, [entry]) == [("waiting", 0)]
    assert bench.sql("SELECT * FROM scores") == []


def test_a_lost_lease_records_nothing_and_the_new_holder_finishes(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    new_holder: list[str] = []

    def slow(*_: object) -> Seen:
        bench.sql("UPDATE uploads SET lease_until = 0")
        (job,) = bench.ledger.queue.claim(limit=9, lease_s=60, max_attempts=9)
        new_holder.append(job.lease)
        return dull()

    bench.engine.deed = slow
    (entry,) = uploads(bench, 1)
    with caplog.at_level(logging.INFO):
        bench.turn()
    assert "upload.lease-lost" in caplog.text
    assert [bench.row(entry)["lease"]] == new_holder
    assert bench.row(entry)["verdict"] is None
    assert bench.sql("SELECT * FROM scores") == []


def test_leases_are_renewed_while_a_batch_lasts(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewal, "SHARE", 0.0)
    left: list[float] = []

    def watched(_data: bytes, _place: str, *_: MediaSettings) -> Seen:
        (row,) = bench.sql("SELECT min(lease_until) AS least FROM uploads WHERE lease NOTNULL")
        left.append(row["least"])
        return dull()

    bench.engine.deed = watched
    uploads(bench, 5)
    bench.turn()
    assert left == sorted(left)
    assert len(set(left)) == 5
