"""A ledger in a file of its own, and processes that share it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ledger import Ledger
from support.ledgers import Child, address

TESTS = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The ledger's file."""
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    """A new ledger."""
    with Ledger(address(path)) as opened:
        yield opened


@pytest.fixture
def child(path: Path) -> Iterator[Child]:
    """Starts a process that does something to the ledger; see `support.ledger_child`."""
    started: list[subprocess.Popen[str]] = []

    def start(action: str, argument: str = "", *, at: Path = path) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "support.ledger_child", action, address(at), argument]
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
