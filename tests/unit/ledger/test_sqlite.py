"""What is SQLite's own: the settings in force, other files than ledgers, one writer."""

from pathlib import Path

import pytest

from bot.errors import LedgerBusy, LedgerUnusable
from bot.ledger import Ledger
from bot.ledger import sqlite as sqlite_ledger
from support.ledgers import address, fill


@pytest.fixture
def place(path: Path) -> str:
    """SQLite alone."""
    return address(path)


def refused(place: str, reason: str) -> None:
    with pytest.raises(LedgerUnusable, match=reason):
        Ledger(place)


def test_the_settings_that_safety_rests_on_are_in_force(ledger: Ledger) -> None:
    with ledger._engine.connect() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys")
        assert [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas] == [
            "wal",
            2,  # FULL
            1,
        ]


def test_a_folder_is_no_ledger(tmp_path: Path) -> None:
    refused(address(tmp_path), "unable to open database file")


@pytest.mark.parametrize("content", [b"hello\n", b"text " * 1000, b"SQLite format 3\0" + b"x" * 99])
def test_a_file_of_another_kind_is_refused_and_left_as_it_is(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    refused(address(path), "file is not a database|malformed")
    assert path.read_bytes() == content


def test_a_damaged_ledger_is_refused(ledger: Ledger, path: Path) -> None:
    fill(ledger, range(1, 1000))
    ledger.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * (size - 100))
    refused(address(path), "malformed")


def test_a_second_writer_waits_in_vain_and_is_told_to_try_later(
    ledger: Ledger, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_ledger, "BUSY_TIMEOUT_S", 0.05)
    with Ledger(address(path)) as other:
        with ledger._engine.begin(), pytest.raises(LedgerBusy, match=r"ledger\.sqlite is locked"):
            fill(other, [1], 1000)
        assert fill(other, [1], 1000) == 1
