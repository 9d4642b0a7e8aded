"""The proof: `make backfill-proof`. FILES and CONTENTS in the environment make it shorter."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from backfill.fleet import Allowed, Fleet, settings
from backfill.loopback import Loopback
from backfill.measure import Peaks, peaks
from support.mariadb import MariaDb, roomy_folder
from support.redis import RedisServer

FILES = int(os.environ.get("FILES", "20000"))
CONTENTS = int(os.environ.get("CONTENTS", "5000"))
LATENCY_S = float(os.environ.get("LATENCY_S", "0.25"))
ALLOWED = Allowed(at_once=8, fetches=24, calls=30)
LONGEST_S = 3600.0
SHARD_FILES = 200
REDIS_AWAY_S = 5.0


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one run."""

    workers: int
    disturbed: bool
    seconds: float
    listed: int
    finished: int
    scores: int  # rows, one for each content that was scored
    most_verdicts: int  # of one content
    fetched_again: int
    held_by_the_killed: int  # files that killed workers may have had in hand
    calls: int
    bytes: int
    peaks: Peaks


def main() -> None:
    """Run with 1, 2 and 4 workers in peace, then with 4 that are killed, and Redis too."""
    say(f"{FILES:,} files, {CONTENTS:,} contents, {LATENCY_S} s for each fetch, {ALLOWED}")
    with Loopback(files=FILES, contents=CONTENTS, latency_s=LATENCY_S) as wiki, store() as parts:
        runs = [run(wiki, *parts, workers) for workers in (1, 2, 4)]
        runs.append(run(wiki, *parts, 4, disturbed=True))
    say(
        "workers  killed  contents/s  seconds  lost  scored twice  fetched again  at once  ", end=""
    )
    say("fetches/s  calls/s  Mbit/s  fetches/10 s")
    for one in runs:
        say(line(one))
    peaceful = runs[0]
    say(f"a content: {(FILES + peaceful.bytes) // CONTENTS} bytes, ", end="")
    say(f"{peaceful.calls / CONTENTS:.2f} calls of api.php, 1 fetch")
    if failures := [complaint for one in runs for complaint in complaints(one)]:
        sys.exit("\n".join(failures))


def complaints(one: Run) -> Iterator[str]:
    """Yield what should not be."""
    name = f"{one.workers} workers{', killed' if one.disturbed else ''}"
    if one.listed != FILES or one.finished != CONTENTS or one.scores != CONTENTS:
        yield f"{name}: lost {CONTENTS - one.finished}"
    if one.most_verdicts > 1:
        yield f"{name}: scored twice"
    if one.fetched_again > one.held_by_the_killed:
        yield f"{name}: {one.fetched_again} contents were fetched again"
    if one.peaks.at_once > ALLOWED.at_once:
        yield f"{name}: {one.peaks.at_once} at once"
    if one.peaks.fetches_in_10_s > 10 * ALLOWED.fetches:
        yield f"{name}: {one.peaks.fetches_in_10_s} fetches in 10 s"
    if one.peaks.calls_in_10_s > 10 * ALLOWED.calls:
        yield f"{name}: {one.peaks.calls_in_10_s} calls in 10 s"


def line(one: Run) -> str:
    """Return one row of the table."""
    peak = one.peaks
    return (
        f"{one.workers:7}  {'yes' if one.disturbed else 'no':>6}  {one.finished / one.seconds:10.1f}"
        f"  {one.seconds:7.0f}  {CONTENTS - one.finished:4}  {one.most_verdicts - 1:12}"
        f"  {one.fetched_again:13}  {peak.at_once:7}  {peak.fetches:9}  {peak.calls:7}"
        f"  {peak.megabits:6.1f}  {peak.fetches_in_10_s:12}"
    )


def run(
    wiki: Loopback,
    folder: Path,
    database: MariaDb,
    redis: RedisServer,
    workers: int,
    *,
    disturbed: bool = False,
) -> Run:
    """Do the whole backfill on an empty ledger."""
    from bot.lanes import Lane  # noqa: PLC0415
    from bot.scoring import FETCHED_AHEAD, FILES_PER_TURN  # noqa: PLC0415

    name = f"lookout_{workers}_{int(disturbed)}"
    redis.flush()
    with database.database(name) as address:
        config = settings(wiki, address, redis.address, ALLOWED, SHARD_FILES)
        with Fleet(folder / name, config, redis) as fleet:
            fleet.ask()
            working = fleet.work(workers)
            wiki.forget()
            begun = time.monotonic()
            fleet.dispatch()
            if disturbed:
                disturb(fleet, redis, working)
            fleet.until(lambda: fleet.progress().state == "done", LONGEST_S)
            seconds = time.monotonic() - begun
            done = fleet.progress()
            per_content = wiki.per_content()
            rows = database.admin(
                f"SELECT COUNT(*), (SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM "  # noqa: S608 - ours
                f"{name}.backfill_files WHERE state = 'scored' GROUP BY sha1) AS x) "
                f"FROM {name}.scores"
            )
            ((scores, most),) = rows
            in_hand = FILES_PER_TURN[Lane.PICTURES] + FETCHED_AHEAD
            away = workers * (FETCHED_AHEAD + 2) * 2 if disturbed else 0
            result = Run(
                workers,
                disturbed,
                seconds,
                done.listed,
                done.states.get("scored", 0),
                scores,
                most,
                sum(count - 1 for count in per_content.values()),
                fleet.kills * in_hand + away,
                len(wiki.calls),
                sum(one.size for one in wiki.fetches),
                peaks(wiki),
            )
    say(line(result))
    return result


def disturb(fleet: Fleet, redis: RedisServer, workers: list) -> None:  # type: ignore[type-arg]
    """Kill a worker at a fifth, Redis at two, empty it at three, and kill half at four."""
    fleet.until_finished(CONTENTS // 5, LONGEST_S)
    fleet.kill(workers.pop())
    workers += fleet.work(1)
    fleet.until_finished(2 * CONTENTS // 5, LONGEST_S)
    redis.kill()
    time.sleep(REDIS_AWAY_S)
    redis.start()
    fleet.until_finished(3 * CONTENTS // 5, LONGEST_S)
    redis.flush()
    fleet.until_finished(4 * CONTENTS // 5, LONGEST_S)
    for _ in range(2):
        fleet.kill(workers.pop())
    workers += fleet.work(2)


@contextmanager
def store() -> Iterator[tuple[Path, MariaDb, RedisServer]]:
    """Lend a folder, a MariaDB and a Redis."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lookout-backfill-")))
        for name in ("mariadb", "redis"):
            (folder / name).mkdir()
        roomy = stack.enter_context(roomy_folder(folder / "mariadb"))
        database = stack.enter_context(MariaDb(roomy))
        redis = stack.enter_context(RedisServer(folder / "redis"))
        yield folder, database, redis


def say(text: str, end: str = "\n") -> None:
    """Print at once."""
    sys.stdout.write(text + end)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
