"""The whole bot on a backlog: processor time for each upload, and uploads a second.

A real `lookout run` reads a stream and fetches from a miniature Commons; both are served by this
process, whose own time is not counted. Waves of uploads take turns with scoring as many here.
"""

import itertools
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.machine import processor_seconds, seconds_of
from bench.pictures import distinct, thumbnails
from bench.scoring import Scoring
from bench.sidebyside import MS, Bound, Line, Missing, Note, Row, Sample
from bot.demo.commons import MiniCommons
from bot.demo.eventstream import EventStreamServer
from bot.demo.traffic import log_event, other_event
from bot.home import home
from bot.ledger import Ledger, State
from support.bot import BotProcess

COST = Bound("at most", 1.5)
SPEED = Bound("at least", 40)
WAVES = 3
UPLOADS = 200  # a wave
OTHERS = 49  # events that are no upload, to each that is one
READY_S = 60.0
WAVE_S = 120.0
POLL_S = 0.05


def measure(*, quick: bool) -> Iterator[Line]:
    """Let waves of uploads take turns with scoring alone."""
    scoring = Scoring()
    uploads = 10 if quick else UPLOADS
    files = list(itertools.islice(itertools.cycle(thumbnails()), uploads))
    alone: list[float] = []
    waves: list[_Wave] = []
    with _patrol() as patrol:
        for _ in range(1 if quick else WAVES):
            alone.append(_seconds_alone(scoring, files))
            wave = patrol.wave(files)
            if wave is None:
                yield Missing("pipeline", f"{uploads} uploads were not through in {WAVE_S:g} s")
                return
            waves.append(wave)
    yield Row(
        "processor time of an upload",
        Sample("whole bot", [MS * wave.total_s / uploads for wave in waves], "ms"),
        Sample("bytes to scores", [MS * seconds / uploads for seconds in alone], "ms"),
        COST,
    )
    yield Row(
        "catching up",
        Sample("whole bot", [uploads / wave.wall_s for wave in waves], "uploads/s"),
        bound=SPEED,
    )
    yield _shares(waves, uploads, scoring.precision)


def _shares(waves: list["_Wave"], uploads: int, precision: str) -> Note:
    own = Sample("", [MS * wave.own_s / uploads for wave in waves], "ms")
    children = Sample("", [MS * (wave.total_s - wave.own_s) / uploads for wave in waves], "ms")
    servers = Sample("", [wave.servers_s / wave.wall_s for wave in waves], "")
    return Note(
        f"pipeline: waves of {uploads} uploads among {uploads * OTHERS} other events, scores in "
        f"{precision}; of the processor time {own} is the bot's own process, {children} its "
        f"decoder and classifier; the servers beside took {servers} of one core"
    )


def _seconds_alone(scoring: Scoring, files: list[bytes]) -> float:
    started = time.process_time()
    for file in files:
        scoring.scores(file)
    return time.process_time() - started


@dataclass(frozen=True, slots=True)
class _Wave:
    """Seconds that one wave took: by the clock, and of processors."""

    wall_s: float
    total_s: float
    own_s: float
    servers_s: float


class _Patrol:
    """A running bot and what it watches."""

    def __init__(
        self, commons: MiniCommons, stream: EventStreamServer, bot: BotProcess, ledger: Ledger
    ) -> None:
        self._commons = commons
        self._stream = stream
        self._bot = bot
        self._ledger = ledger
        self._numbers = itertools.count(1)
        self._chance = random.Random(1)

    def wave(self, files: list[bytes]) -> _Wave | None:
        """Announce an upload of each file and wait until all are scored; None if they never are."""
        entries = [self._upload(file) for file in files]
        wanted = self._scored() + len(files)
        before = self._clocks()
        for event in entries:
            self._stream.publish(event)
            for _ in range(OTHERS):
                self._stream.publish(other_event(self._chance))
        while self._scored() < wanted:
            if time.perf_counter() - before[0] > WAVE_S:
                return None
            time.sleep(POLL_S)
        return _Wave(*(end - start for start, end in zip(before, self._clocks(), strict=True)))

    def _upload(self, file: bytes) -> dict[str, object]:
        number = next(self._numbers)
        content = distinct(file, number)
        title = f"File:Holiday {number}.jpg"
        return log_event(self._commons.wiki.upload(title, content, user="Alice", comment=""))

    def _scored(self) -> int:
        return self._ledger.census.take().states[State.SCORED]

    def _clocks(self) -> tuple[float, float, float, float]:
        process = self._bot.process
        total, own = processor_seconds(process), seconds_of(process)
        return time.perf_counter(), total, own, time.process_time()


@contextmanager
def _patrol() -> Iterator[_Patrol]:
    home().mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=home(), prefix="bench-") as folder,
        MiniCommons() as commons,
        EventStreamServer() as stream,
        BotProcess(Path(folder), _settings(commons, stream)) as bot,
    ):
        bot.wait_for_log("patrol.ready", READY_S)
        with Ledger(f"sqlite:///{folder}/ledger.sqlite") as ledger:
            yield _Patrol(commons, stream, bot, ledger)


def _settings(commons: MiniCommons, stream: EventStreamServer) -> dict[str, object]:
    return {
        "stream": {"url": stream.url},
        "wiki": {
            "api": commons.addresses.api,
            "file_hosts": [urlsplit(commons.addresses.base).netloc],
            "contact": "make bench, on loopback",
        },
    }
