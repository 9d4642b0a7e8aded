"""A ledger of its own for every test, on SQLite and on MariaDB, and processes that share it."""

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ledger import Ledger
from support.ledgers import Child, address
from support.mariadb import MariaDb

TESTS = Path(__file__).parents[2]
_number = itertools.count()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The ledger's file."""
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def in_mariadb(mariadb: MariaDb) -> Iterator[str]:
    """The address of an empty database of the server."""
    with mariadb.database(f"lookout_{next(_number)}") as place:
        yield place


@pytest.fixture(params=["sqlite", "mariadb"])
def place(request: pytest.FixtureRequest) -> str:
    """The address of a ledger yet to be made: each test that asks for it runs on both databases."""
    if request.param == "sqlite":
        return address(request.getfixturevalue("path"))
    found: str = request.getfixturevalue("in_mariadb")
    return found


@pytest.fixture
def ledger(place: str) -> Iterator[Ledger]:
    """A new ledger."""
    with Ledger(place) as opened:
        yield opened


@pytest.fixture
def child(place: str) -> Iterator[Child]:
    """Starts a process that does something to the ledger; see `support.ledger_child`."""
    started: list[subprocess.Popen[str]] = []

    def start(action: str, argument: str = "", *, at: str = place) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "support.ledger_child", action, at, argument]
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(TESTS)},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
