"""The short form of `make backfill-proof`."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from backfill.fleet import READY_S, Allowed, Fleet, settings
from backfill.loopback import Fetch, Loopback
from backfill.measure import most_at_once, most_within
from backfill.pace import Pace
from backfill.proof import HEAD, Plan, stage
from support.kubelet import GRACE_S
from support.ledgers import address
from support.mariadb import MariaDb
from support.redis import RedisServer, require_redis

SHORT = Plan(
    files=140,
    contents=100,
    latency_s=0.03,
    shard_files=25,
    allowed=Allowed(at_once=3, fetches=30, calls=30),
    redis_away_s=1.0,
    lease_s=6,
)


@pytest.mark.model
@pytest.mark.usefixtures("bundle")
@pytest.mark.timeout(600)
def test_nothing_is_lost_or_scored_twice_whoever_is_killed(
    mariadb: MariaDb,  # noqa: ARG001 - skips where there is no package
    tmp_path: Path,
    measured: Callable[[str], None],
) -> None:
    require_redis()
    with stage(SHORT, tmp_path) as proof:
        outcome = proof.run(2, disturbed=True)
    measured(f"backfill {HEAD}")
    measured(f"backfill {outcome}")
    assert list(outcome.complaints()) == []
    assert outcome.kills == 2


@pytest.mark.model
@pytest.mark.usefixtures("bundle")
def test_a_worker_told_to_end_gives_back_what_it_has_in_hand(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    allowed = Allowed(at_once=4, fetches=50, calls=50)
    with Loopback(files=100, contents=100, latency_s=0.2) as wiki:
        place = address(tmp_path / "ledger.sqlite")
        config = settings(wiki, place, redis_server.address, allowed, shard_files=100, lease_s=60)
        with Fleet(tmp_path / "fleet", config) as fleet:
            fleet.ask()
            (worker,) = fleet.work(1)
            fleet.dispatch()
            fleet.until(lambda: len(wiki.fetches) >= 10, READY_S)
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(GRACE_S) == 0
            states = fleet.progress().states
    assert set(states) == {"scored", "waiting"}


def test_the_measure_finds_the_fullest_second() -> None:
    assert most_within([(0.0, 1), (0.9, 1), (1.0, 1), (1.95, 5)], 1.0) == 6
    assert most_within([], 1.0) == 0


def test_the_measure_counts_what_is_waited_for_at_once() -> None:
    fetches = [Fetch("a", 0, 2, 1), Fetch("b", 1, 3, 1), Fetch("c", 2, 4, 1)]
    assert most_at_once(fetches) == 2


def test_a_pace_is_good_when_it_is_linear_or_at_the_limiters_most() -> None:
    assert Pace(workers=2, pace=9.8, linear=10.0, bound=12.7).good
    assert not Pace(workers=2, pace=7.0, linear=10.0, bound=12.7).good
    bound = Pace(workers=4, pace=12.0, linear=20.0, bound=12.7)
    assert bound.good
    assert str(bound) == ("4 workers: 12.0 contents a second, 94% of 12.7, where the limiter binds")
