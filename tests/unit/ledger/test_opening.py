"""Opening a ledger: made when new, refused with a reason when it cannot be one."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest

from bot.errors import LedgerUnusable
from bot.ledger import Ledger
from support.ledgers import address, fill, intact, rows, states

OPENERS = 6


def refused(place: str, reason: str) -> None:
    with pytest.raises(LedgerUnusable, match=reason):
        Ledger(place)


def test_a_new_ledger_makes_its_folder(tmp_path: Path) -> None:
    with Ledger(address(tmp_path / "a" / "b" / "ledger.sqlite")) as ledger:
        assert states(ledger) == {}


def test_closing_twice_does_no_harm(ledger: Ledger) -> None:
    ledger.close()
    ledger.close()


def test_the_settings_that_safety_rests_on_are_in_force(ledger: Ledger) -> None:
    with ledger._engine.connect() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys")
        assert [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas] == [
            "wal",
            2,  # FULL
            1,
        ]


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("", "no database address"),
        ("ledger.sqlite", "no database address"),
        ("mysql://bot:secret@host:port/db", "no database address"),
        ("mysql://bot:secret@host/db", "names mysql"),
        ("sqlite+aiosqlite:///ledger.sqlite", r"names sqlite\+aiosqlite"),
        ("sqlite://", "remembers nothing"),
        ("sqlite:///:memory:", "remembers nothing"),
        ("sqlite:////dev/null/ledger.sqlite", "has no folder"),
        ("sqlite:////proc/lookout/ledger.sqlite", "has no folder"),
        ("sqlite:////proc/ledger.sqlite", "unable to open database file"),
    ],
)
def test_a_place_that_cannot_hold_a_ledger_is_refused(place: str, reason: str) -> None:
    refused(place, reason)


def test_no_refusal_shows_a_password() -> None:
    for place in ("mysql://bot:secret@host:port/db", "mysql://bot:secret@host/db"):
        with pytest.raises(LedgerUnusable) as caught:
            Ledger(place)
        assert "secret" not in str(caught.value)


def test_a_folder_is_no_ledger(tmp_path: Path) -> None:
    refused(address(tmp_path), "unable to open database file")


@pytest.mark.parametrize("content", [b"hello\n", b"text " * 1000, b"SQLite format 3\0" + b"x" * 99])
def test_a_file_of_another_kind_is_refused_and_left_as_it_is(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    refused(address(path), "file is not a database|malformed")
    assert path.read_bytes() == content


def test_a_ledger_of_another_version_is_refused_and_left_as_it_is(path: Path) -> None:
    with closing(sqlite3.connect(path)) as older:
        older.execute("CREATE TABLE about (key TEXT, value TEXT)")
        older.execute("INSERT INTO about VALUES ('schema', '0')")
        older.commit()
    refused(address(path), "layout 0, this version of lookout needs 1")
    assert rows(path, "SELECT name FROM sqlite_master") == [("about",)]


def test_a_damaged_ledger_is_refused(ledger: Ledger, path: Path) -> None:
    fill(ledger, range(1, 1000))
    ledger.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * (size - 100))
    refused(address(path), "malformed")


def test_processes_that_start_together_make_one_ledger(tmp_path: Path) -> None:
    for turn in range(5):
        path = tmp_path / str(turn) / "ledger.sqlite"
        together = Barrier(OPENERS)

        def open_and_fill(log_id: int, path: Path = path, together: Barrier = together) -> int:
            together.wait()
            with Ledger(address(path)) as ledger:
                return fill(ledger, [log_id])

        with ThreadPoolExecutor(OPENERS) as pool:
            assert list(pool.map(open_and_fill, range(OPENERS))) == [1] * OPENERS
        assert rows(path, "SELECT count(*) FROM about") == [(1,)]
        assert intact(path)
