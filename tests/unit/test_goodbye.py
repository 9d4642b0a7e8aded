"""SIGTERM and SIGHUP: the bot ends in time, whatever it waits for, and reads its settings anew."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import LedgerBusy
from bot.turns import patiently
from support.bot import BotProcess, settled
from support.mariadb import MariaDb
from support.world import CAT, World, announce, rule, small_world

READY_S = 120
SETTLE_S = 120
GOODBYE_S = 12  # Toolforge sends SIGKILL 15 s after SIGTERM
pytestmark = [pytest.mark.model, pytest.mark.usefixtures("bundle"), pytest.mark.timeout(300)]


@pytest.fixture
def world() -> Iterator[World]:
    with small_world() as made:
        yield made


def test_a_locked_ledger_does_not_keep_the_bot_from_ending(world: World, tmp_path: Path) -> None:
    with BotProcess(tmp_path / "bot", world.settings()) as running:
        running.wait_for_log("patrol.ready", READY_S)
        with closing(sqlite3.connect(running.folder / "ledger.sqlite")) as other:
            other.execute("BEGIN IMMEDIATE")
            entry = world.upload("Cat.jpg", CAT)
            announce(world.stream, entry)
            assert running.terminate(GOODBYE_S) == 0
            other.rollback()
        running.start()
        running.wait_for(lambda status: settled(status, seen=1), SETTLE_S)
        assert running.terminate(GOODBYE_S) == 0


def test_sighup_has_the_settings_read_again(world: World, tmp_path: Path) -> None:
    with BotProcess(tmp_path / "bot", world.settings()) as running:
        running.wait_for_log("patrol.start", READY_S)
        stamp = running.config.stat()
        better = world.settings(rules=[rule(at_least=0.7)])
        running.configure(better)
        os.utime(running.config, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
        os.kill(running.process.pid, signal.SIGHUP)
        running.wait_for_log("config.changed", READY_S)
        running.config.write_text("rules: []", encoding="utf-8")
        os.kill(running.process.pid, signal.SIGHUP)
        running.wait_for_log("config.refused", READY_S)
        assert running.terminate(GOODBYE_S) == 0
        assert running.log_text().count("signal=SIGHUP") == 2


def test_a_database_that_is_down_at_the_start_is_waited_for(
    world: World, tmp_path: Path, mariadb: MariaDb
) -> None:
    with mariadb.database("lookout_down") as address:
        settings = world.settings(ledger={"url": address})
        mariadb.kill()
        try:
            with BotProcess(tmp_path / "bot", settings) as running:
                running.wait_for_log("ledger.waiting", READY_S)
                mariadb.start()
                running.wait_for_log("patrol.start", READY_S)
                assert running.terminate(GOODBYE_S) == 0
        finally:
            mariadb.kill()
            mariadb.start()


def test_a_ledger_that_is_away_is_asked_until_it_answers() -> None:
    pauses: list[float] = []

    def ask() -> str:
        if len(pauses) < 2:
            raise LedgerBusy("away")
        return "an answer"

    assert patiently(ask, wait=pauses.append) == "an answer"
    assert len(pauses) == 2
