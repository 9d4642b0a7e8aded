"""One backfill from its beginning to its end, in peace or disturbed, and what came of it."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from backfill.fleet import Allowed, Fleet, Worker, settings
from backfill.loopback import Loopback
from backfill.measure import Peaks, peaks
from bot.lanes import Lane
from bot.scoring import FETCHED_AHEAD, FILES_PER_TURN
from support.mariadb import MariaDb, roomy_folder
from support.redis import RedisServer

# What a worker may have in hand that is not stored yet, and is done again when it is killed.
IN_HAND = FILES_PER_TURN[Lane.PICTURES] + FETCHED_AHEAD
LONGEST_S = 3600.0
HEAD = (
    "workers  killed  contents/s  seconds  lost  scored twice  fetched again"
    "  at once  fetches/s  calls/s  Mbit/s  fetches/10 s"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much there is to do, and what is allowed."""

    files: int
    contents: int
    latency_s: float
    shard_files: int
    allowed: Allowed
    redis_away_s: float
    lease_s: int  # too short, and on a busy machine a live worker is taken for dead


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one backfill."""

    plan: Plan
    workers: int
    kills: int  # of workers
    redis_losses: int  # by SIGKILL, or emptied
    seconds: float
    listed: int
    scored: int  # contents with a verdict
    scores: int  # contents whose scores are stored
    most_verdicts: int  # of one content
    fetched_again: int
    calls: int
    bytes: int
    peaks: Peaks

    def __str__(self) -> str:
        """Return a row below `HEAD`."""
        peak = self.peaks
        return (
            f"{self.workers:7}  {self.kills:6}  {self.pace:10.1f}  {self.seconds:7.0f}"
            f"  {self.lost:4}  {self.most_verdicts - 1:12}  {self.fetched_again:13}"
            f"  {peak.at_once:7}  {peak.fetches:9}  {peak.calls:7}"
            f"  {peak.megabits:6.1f}  {peak.fetches_in_10_s:12}"
        )

    @property
    def pace(self) -> float:
        """Contents a second."""
        return self.scored / self.seconds

    @property
    def lost(self) -> int:
        """Contents that came to no end."""
        return self.plan.contents - self.scored

    def complaints(self) -> Iterator[str]:
        """Yield what should not be."""
        allowed = self.plan.allowed
        if self.lost or self.listed != self.plan.files:
            yield f"{self.lost} lost, {self.listed} listed"
        if self.most_verdicts != 1 or self.scores != self.plan.contents:
            yield f"{self.scores} scores, {self.most_verdicts} verdicts on one content"
        if self.fetched_again > IN_HAND * self.kills + IN_HAND * self.workers * self.redis_losses:
            yield f"{self.fetched_again} fetched again"
        if self.peaks.at_once > allowed.at_once:
            yield f"{self.peaks.at_once} at once"
        if self.peaks.fetches > allowed.fetches:
            yield f"{self.peaks.fetches} fetches in a second"
        if self.peaks.calls > allowed.calls:
            yield f"{self.peaks.calls} calls in a second"


class Proof:
    """Runs backfills of one wiki, each on an empty ledger.

    Args:
        plan: How much there is to do.
        wiki: Where.
        folder: Receives logs and settings.
        database: Lends the ledgers.
        redis: Is killed and started.
    """

    def __init__(
        self, plan: Plan, wiki: Loopback, folder: Path, database: MariaDb, redis: RedisServer
    ) -> None:
        self._plan = plan
        self._wiki = wiki
        self._folder = folder
        self._database = database
        self._redis = redis
        self._runs = 0

    def run(self, workers: int, *, disturbed: bool = False) -> Outcome:
        """Do the whole of it; return what came of it."""
        self._runs += 1
        name = f"lookout_backfill_{self._runs}"
        plan, redis = self._plan, self._redis
        redis.flush()
        with self._database.database(name) as address:
            config = settings(
                self._wiki,
                address,
                redis.address,
                plan.allowed,
                shard_files=plan.shard_files,
                lease_s=plan.lease_s,
            )
            with Fleet(self._folder / name, config) as fleet:
                fleet.ask()
                working = fleet.work(workers)
                self._wiki.forget()
                begun = time.monotonic()
                fleet.dispatch()
                if disturbed:
                    self._disturb(fleet, working)
                fleet.until(lambda: fleet.progress().state == "done", LONGEST_S)
                return self._outcome(fleet, name, workers, time.monotonic() - begun)

    def _outcome(self, fleet: Fleet, name: str, workers: int, seconds: float) -> Outcome:
        done = fleet.progress()
        ((scores,),) = self._database.admin(f"SELECT COUNT(*) FROM {name}.scores")  # noqa: S608 - ours
        most = self._database.admin(
            f"SELECT COUNT(*) AS n FROM {name}.backfill_files"  # noqa: S608 - ours
            " WHERE state = 'scored' GROUP BY sha1 ORDER BY n DESC LIMIT 1"
        )
        return Outcome(
            plan=self._plan,
            workers=workers,
            kills=fleet.kills,
            redis_losses=fleet.redis_losses,
            seconds=seconds,
            listed=done.listed,
            scored=done.states.get("scored", 0),
            scores=scores,
            most_verdicts=most[0][0],
            fetched_again=sum(count - 1 for count in self._wiki.per_content().values()),
            calls=len(self._wiki.calls),
            bytes=sum(one.size for one in self._wiki.fetches),
            peaks=peaks(self._wiki),
        )

    def _disturb(self, fleet: Fleet, working: list[Worker]) -> None:
        """Kill a worker, kill Redis, empty it, kill half of the workers: one after the other."""
        share = self._plan.contents // 5
        fleet.until_finished(share, LONGEST_S)
        fleet.replace(working)
        fleet.until_finished(2 * share, LONGEST_S)
        self._redis.kill()
        time.sleep(self._plan.redis_away_s)
        self._redis.start()
        fleet.redis_losses += 1
        fleet.until_finished(3 * share, LONGEST_S)
        self._redis.flush()
        fleet.redis_losses += 1
        fleet.until_finished(4 * share, LONGEST_S)
        for _ in range(len(working) // 2):
            fleet.replace(working)


@contextmanager
def stage(plan: Plan, folder: Path) -> Iterator[Proof]:
    """Lend a proof with a wiki, a MariaDB and a Redis of its own."""
    with ExitStack() as stack:
        for name in ("mariadb", "redis"):
            (folder / name).mkdir()
        roomy = stack.enter_context(roomy_folder(folder / "mariadb"))
        database = stack.enter_context(MariaDb(roomy))
        redis = stack.enter_context(RedisServer(folder / "redis"))
        wiki = Loopback(files=plan.files, contents=plan.contents, latency_s=plan.latency_s)
        stack.enter_context(wiki)
        yield Proof(plan, wiki, folder, database, redis)
