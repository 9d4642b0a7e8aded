"""Some minutes, request by request: workers and the live bot, through the bot's own meter.

A worker is one process on one core. It asks api.php about a batch, fetches a few files ahead,
scores them one after the other, and asks api.php again whether they are still the same: as
`bot.scoring` does.
"""

import random
import statistics
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bot.lanes import Lane
from bot.limits.local import LocalMeter
from bot.limits.meter import Answer, Limits
from bot.scoring import FETCHED_AHEAD, FILES_PER_TURN
from bot.settings.intake import MediaSettings
from scale.figures import DAY_S, Assumed, Measured
from scale.world import Gate, Steps, World

BATCH: Final = FILES_PER_TURN[Lane.PICTURES]
THREADS: Final = MediaSettings().concurrent_fetches  # of one process
LEASE_S: Final = 120.0
WARM_UP_S: Final = 20.0
SHORTEST_S, LONGEST_S, WORKER_S = 120.0, 600.0, 1200.0  # fewer workers are watched for longer
SHAPE: Final = 4.0  # of the gamma distribution of answers' times: few take more than twice the mean
SEED: Final = 7


@dataclass(frozen=True, slots=True)
class Rates:
    """What some minutes gave."""

    files_per_s: float  # of the backfill
    busy: float  # share of the workers' time in which they score
    live_median_s: float  # from an upload to its score, in the live bot
    live_worst_s: float
    most_fetches: int  # granted in any one second
    most_calls: int


def play(
    measured: Measured,
    assumed: Assumed,
    limits: Limits,
    workers: int,
) -> Rates:
    """Let so many workers and the live bot work side by side."""
    seconds = min(LONGEST_S, max(SHORTEST_S, WORKER_S / max(1, workers)))
    minutes = _Minutes(measured, assumed, limits)
    for _ in range(workers):
        minutes.world.start(minutes.worker(), minutes.chance.uniform(0.0, 1.0))
    minutes.world.start(minutes.uploads())
    minutes.world.start(minutes.live())
    minutes.world.run(WARM_UP_S)
    minutes.forget()
    minutes.world.run(WARM_UP_S + seconds)
    return minutes.rates(workers, seconds)


@dataclass
class _Minutes:
    measured: Measured
    assumed: Assumed
    limits: Limits
    world: World = field(default_factory=World)
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    done: int = 0
    scored_s: float = 0.0
    lags: list[float] = field(default_factory=list)
    fetches: list[float] = field(default_factory=list)  # when each was granted
    calls: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.meter = LocalMeter(self.limits, clock=lambda: self.world.now)
        self.waiting: deque[float] = deque()  # when each live upload came
        self.arrival = Gate(self.world)
        self._holders = 0

    def forget(self) -> None:
        """Count from here."""
        self.done, self.scored_s = 0, 0.0
        self.lags.clear()

    def rates(self, workers: int, seconds: float) -> Rates:
        """Return what was counted."""
        return Rates(
            files_per_s=self.done / seconds,
            busy=self.scored_s / (max(1, workers) * seconds),
            live_median_s=statistics.median(self.lags or [0.0]),
            live_worst_s=max(self.lags, default=0.0),
            most_fetches=_most_in_a_second(self.fetches),
            most_calls=_most_in_a_second(self.calls),
        )

    def worker(self) -> Steps:
        """A backfill's process, which never lacks work."""
        while True:
            yield from self._batch(BATCH, self._backfilled, urgent=False)

    def live(self) -> Steps:
        """The bot, which goes first and takes what has come."""
        while True:
            if not self.waiting:
                yield self.arrival
            batch = [self.waiting.popleft() for _ in range(min(BATCH, len(self.waiting)))]
            yield from self._batch(len(batch), lambda: None, urgent=True)
            self.lags += [self.world.now - came for came in batch]

    def uploads(self) -> Steps:
        """New uploads, each at a moment of its own."""
        while self.assumed.uploads_per_day:
            yield self.chance.expovariate(self.assumed.uploads_per_day / DAY_S)
            self.waiting.append(self.world.now)
            self.arrival.open()

    def _backfilled(self) -> None:
        self.done += 1
        self.scored_s += self.measured.processor_s

    def _batch(self, files: int, scored: Callable[[], None], *, urgent: bool) -> Steps:
        yield from self._call(urgent=urgent)
        belt = _Belt(files, Gate(self.world), Gate(self.world))
        for _ in range(THREADS):
            self.world.start(self._fetcher(belt, urgent=urgent))
        for _ in range(files):
            while not belt.ready:
                yield belt.fetched
            belt.ready -= 1
            yield self.measured.processor_s
            belt.ahead -= 1
            belt.taken.open()
            scored()
        yield from self._call(urgent=urgent)

    def _call(self, *, urgent: bool) -> Steps:
        who = self._holder()
        yield from _granted(lambda: self.meter.call(who, urgent=urgent))
        self.calls.append(self.world.now)
        yield self._takes(self.assumed.call_s)
        self.meter.answered(who)

    def _fetcher(self, belt: "_Belt", *, urgent: bool) -> Steps:
        while belt.left:
            if belt.ahead >= FETCHED_AHEAD:
                yield belt.taken
                continue
            belt.left -= 1
            belt.ahead += 1
            yield from self._fetch(urgent=urgent)
            belt.ready += 1
            belt.fetched.open()

    def _fetch(self, *, urgent: bool) -> Steps:
        who, size = self._holder(), round(self.measured.fetched_bytes)
        yield from _granted(lambda: self.meter.enter(who, lease_s=LEASE_S, urgent=urgent))
        self.fetches.append(self.world.now)
        yield self._takes(self.assumed.fetch_s)
        yield from _granted(lambda: self.meter.spend(who, size, lease_s=LEASE_S))
        self.meter.leave(who)

    def _holder(self) -> str:
        self._holders += 1
        return str(self._holders)

    def _takes(self, mean_s: float) -> float:
        return self.chance.gammavariate(SHAPE, mean_s / SHAPE)


@dataclass(slots=True)
class _Belt:
    """The files of a batch between those who fetch and the one who scores."""

    left: int  # not begun
    fetched: Gate
    taken: Gate
    ahead: int = 0  # begun and not scored
    ready: int = 0


def _granted(ask: Callable[[], Answer]) -> Steps:
    while not (answer := ask()).granted:
        yield answer.wait_s


def _most_in_a_second(moments: list[float]) -> int:
    """Return how many lie within a second at most; `moments` are in order."""
    most, first = 0, 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most
