"""SIGKILL while a gap is being filled: nothing lost, nothing doubled."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.demo.commons import MiniCommons
from bot.demo.eventstream import EventStreamServer
from bot.demo.traffic import log_event
from bot.events import Hole
from bot.ledger import Ledger
from bot.stream import now_position
from support.bench import picture
from support.bot import BotProcess, settled
from support.ledgers import STREAM, address, rows

TESTS = Path(__file__).parents[1]
UPLOADS = 300
PAGE = 10
KILLS = int(os.environ.get("LOOKOUT_GAP_KILLS", "5"))
SEED = 20261129
MINUTE_MS = 60_000
READY_S = 60
SETTLE_S = 120
POLL_S = 0.02


@pytest.fixture
def mini() -> Iterator[MiniCommons]:
    """A wiki on which everything happened an hour ago."""
    with MiniCommons() as commons:
        then = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        commons.wiki.clock = lambda: then
        yield commons


def fill_log(mini: MiniCommons, count: int) -> set[int]:
    """Upload files, delete and restore every tenth; return the log ids to be found."""
    wiki, expected = mini.wiki, set[int]()
    who: dict[str, Any] = {"user": "Alice", "comment": ""}
    for n in range(count):
        title = f"File:{n}.png"
        expected.add(wiki.upload(title, picture("red", side=2), **who).log_id)
        if n % 10 == 0:
            wiki.delete(title, **who)
            expected.add(wiki.restore(title, **who).log_id)
    return expected


@pytest.mark.timeout(240)
def test_a_filler_killed_again_and_again_finds_every_upload_once(
    mini: MiniCommons, tmp_path: Path, measured: Callable[[str], None]
) -> None:
    expected = fill_log(mini, UPLOADS)
    place, chance = address(tmp_path / "ledger.sqlite"), random.Random(SEED)
    command = [sys.executable, "-m", "support.gapfill_child", mini.addresses.api, place, STREAM]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}

    with Ledger(place) as ledger:
        until = now_position() - MINUTE_MS
        hole = Hole(until - 120 * MINUTE_MS, until, "skipped")
        ledger.intake.record(STREAM, [], until, holes=[hole])

        def live(enough: int) -> None:
            """Let a process fill until it has found enough, and a little longer."""
            child = subprocess.Popen([*command, str(PAGE)], env=environment)
            deadline = time.monotonic() + READY_S
            while ledger.census.take().seen < enough and ledger.gaps.open(STREAM):
                assert child.poll() is None
                assert time.monotonic() < deadline, "waited in vain"
                time.sleep(POLL_S)
            time.sleep(chance.uniform(0, POLL_S))
            child.kill()
            child.wait()
            assert ledger.census.take().balanced

        for kill in range(1, KILLS + 1):
            live(len(expected) * kill // (KILLS + 2))
        while ledger.gaps.open(STREAM):
            live(len(expected) + 1)
        assert ledger.census.take().gap_seconds == 0
        assert [log_id for (log_id,) in rows(place, "SELECT log_id FROM uploads")] == sorted(
            expected
        )
        assert rows(place, "SELECT found FROM gaps WHERE reason = 'skipped'") == [(len(expected),)]
    measured(f"{len(expected)} uploads found in the log over {KILLS} kills, 0 lost, 0 doubled")


@pytest.mark.model
@pytest.mark.usefixtures("bundle")
@pytest.mark.timeout(300)
def test_the_whole_bot_started_since_an_earlier_time_and_killed_while_it_fills(
    mini: MiniCommons, tmp_path: Path
) -> None:
    expected = fill_log(mini, 12)
    with EventStreamServer() as stream:
        settings = {
            "stream": {"url": stream.url},
            "wiki": {
                "api": mini.addresses.api,
                "file_hosts": [mini.addresses.base.removeprefix("http://")],
            },
            # It may be killed with all of them claimed.
            "retry": {"lease_seconds": 5},
        }
        running = BotProcess(tmp_path / "bot", settings, arguments=["--since", "2 hours ago"])
        with running:
            running.wait_for_log("gap.read", READY_S)
            running.kill()
            running.start()
            mini.wiki.clock = lambda: datetime.now(UTC).replace(microsecond=0)
            live = mini.wiki.upload("File:Live.png", picture("blue"), user="Alice", comment="")
            stream.publish(log_event(live))
            expected.add(live.log_id)
            status = running.wait_for(lambda now: settled(now, seen=len(expected)), SETTLE_S)
            status = running.wait_for(lambda now: now["gap_seconds"] == 0, SETTLE_S)
            assert status["states"]["scored"] == len(expected)
            assert {end.log_id for end in running.ends()} == expected
            place = address(running.folder / "ledger.sqlite")
            asked = rows(place, "SELECT closed_at IS NULL FROM gaps WHERE reason = 'asked'")
            assert asked == [(0,)]
