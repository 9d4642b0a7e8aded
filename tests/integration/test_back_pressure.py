"""Workers stalled, then the ledger locked too: the bot waits in flat memory, and catches up.

`STALL_SECONDS` sets how long each of the two lasts; `make soak` takes 300.
"""

import itertools
import os
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psutil
import pytest
import requests

from bot.demo.traffic import other_event
from support.bench import picture
from support.bot import BotProcess, settled
from support.scripted import Asked, Reply, ScriptedServer
from support.world import World, small_world

STALL_S = float(os.environ.get("STALL_SECONDS", "8"))
READY_S = 120
SETTLE_S = 420 + 2 * STALL_S  # a pause after many failures lasts up to 300 s
TICK_S = 0.1
EVENTS_PER_TICK = 10
TICKS_PER_UPLOAD = 5
FLOOD = 20_000  # events at once: more than hand-off and sockets hold
MIB = 2**20
MOST_GROWTH_MIB = 8
pytestmark = [
    pytest.mark.model,
    pytest.mark.usefixtures("bundle"),
    pytest.mark.timeout(600 + 10 * STALL_S),
]


class Relay:
    """Passes requests on to the wiki's API, once its gate is open."""

    def __init__(self, api: str) -> None:
        self._api = api
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, asked: Asked) -> Reply:
        """Answer one request, as late as it takes."""
        self.gate.wait()
        headers = {name: asked.headers[name] for name in ("User-Agent", "Content-Type")}
        body = urlencode(asked.form)
        answer = requests.post(self._api, data=body, headers=headers, timeout=READY_S)
        return Reply(body=answer.content, kind=answer.headers["Content-Type"])


class Traffic:
    """A hundred events a second, two of them uploads."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._chance = random.Random(1)
        self.uploads = 0

    def upload(self) -> None:
        """Announce one more upload."""
        number = self.uploads
        self.uploads += 1
        colour = f"rgb({number % 256},{number // 256},9)"
        self._world.upload(f"{number}.png", picture(colour))

    def others(self, count: int) -> None:
        """Publish events that are no uploads."""
        for _ in range(count):
            self._world.stream.publish(other_event(self._chance))

    def flow(self, seconds: float, watch: Callable[[], None]) -> None:
        """Let them come at their pace for so long, and call `watch` all the while."""
        end = time.monotonic() + seconds
        for tick in itertools.count():
            if tick % TICKS_PER_UPLOAD == 0:
                self.upload()
            self.others(EVENTS_PER_TICK)
            watch()
            if time.monotonic() >= end:
                return
            time.sleep(TICK_S)


class Memory:
    """How much the bot's own process holds, in MiB of its own (USS)."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self.samples: list[float] = []

    def sample(self) -> None:
        """Take a look."""
        self.samples.append(self._process.memory_full_info().uss / MIB)

    @property
    def growth(self) -> float:
        """The most beyond the first sample."""
        return max(self.samples) - self.samples[0]


@contextmanager
def locked(ledger: Path) -> Iterator[None]:
    """Keep everybody else from writing."""
    with closing(sqlite3.connect(ledger)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


def unread_bytes(process: psutil.Process, port: int) -> int:
    """Return what has come for a process from a local port and was not read yet."""
    table = Path(f"/proc/{process.pid}/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    mine = {
        connection.laddr.port
        for connection in process.net_connections("tcp4")
        if connection.raddr and connection.raddr.port == port
    }
    rows = [line.split() for line in table]
    return sum(int(row[4].split(":")[1], 16) for row in rows if int(row[1][9:], 16) in mine)


def test_stalled_workers_and_a_locked_ledger_are_waited_for_in_flat_memory(
    tmp_path: Path, measured: Callable[[str], None]
) -> None:
    with small_world() as world, ScriptedServer(relay := Relay(world.api)) as api:
        wiki = {"api": f"{api.url}/w/api.php", "file_hosts": [world.host, api.netloc]}
        traffic = Traffic(world)
        with BotProcess(tmp_path / "bot", world.settings(wiki=wiki)) as running:
            running.wait_for_log("patrol.ready", READY_S)
            for _ in range(40):
                traffic.upload()
            running.wait_for(lambda status: settled(status, seen=40), SETTLE_S)
            memory = Memory(running.process)
            relay.gate.clear()
            traffic.flow(STALL_S, memory.sample)
            with locked(running.folder / "ledger.sqlite"):
                traffic.others(FLOOD)
                traffic.flow(STALL_S, memory.sample)
                unread = unread_bytes(running.process, urlsplit(world.stream.url).port or 0)
                memory.sample()
            relay.gate.set()
            running.wait_for(lambda status: settled(status, seen=traffic.uploads), SETTLE_S)
            memory.sample()
            assert {end.state for end in running.ends()} == {"scored"}
        measured(
            f"{memory.growth:.1f} MiB more after {STALL_S:g} s of stalled workers and as much of a "
            f"locked ledger, {unread} bytes left unread on the socket; then {traffic.uploads} "
            "uploads drained"
        )
        assert unread > 0
        assert memory.growth <= MOST_GROWTH_MIB
