"""Opening a ledger: made when new, refused with a reason when it cannot be one."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from bot.errors import LedgerUnusable
from bot.ledger import Ledger
from bot.ledger.migrate import REVISION
from support.ledgers import Child, address, fill, rows, states

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


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("", "no database address"),
        ("ledger.sqlite", "no database address"),
        ("mysql://bot:secret@host:port/db", "no database address"),
        ("mysql://bot:secret@host/db", "names mysql, which is not known"),
        ("mysql+pymysql://bot:secret@host", "lacks a host or a database"),
        ("mysql+pymysql:///db", "lacks a host or a database"),
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


def test_those_who_start_together_make_one_ledger(place: str) -> None:
    together = Barrier(OPENERS)

    def open_and_fill(log_id: int) -> int:
        together.wait()
        with Ledger(place) as ledger:
            return fill(ledger, [log_id])

    with ThreadPoolExecutor(OPENERS) as pool:
        assert list(pool.map(open_and_fill, range(OPENERS))) == [1] * OPENERS
    assert rows(place, "SELECT version_num FROM alembic_version") == [(REVISION,)]


def test_processes_that_start_together_make_one_ledger(place: str, child: Child) -> None:
    for process in [child("drain") for _ in range(3)]:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    assert rows(place, "SELECT version_num FROM alembic_version") == [(REVISION,)]
