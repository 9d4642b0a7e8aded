"""What a meter promises, of both kinds: one process's own, and the one that all share in Redis."""

import random
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from itertools import count

import pytest

from bot.errors import GateClosed, ServerBusy
from bot.limits import Answer, Limiter, Limits, Meter
from bot.limits.local import LocalMeter
from bot.limits.meter import FULL_POLL_S, WINDOW_S
from bot.limits.shared import SharedMeter
from bot.media import Fetcher
from bot.patience import Patience
from bot.settings.fleet import FleetSettings
from bot.settings.intake import MediaSettings, WikiSettings
from support.bench import AGENT
from support.redis import RedisServer
from support.scripted import Asked, Reply, ScriptedServer

LIMITS = Limits(at_once=2, fetches=4, bytes=1000, calls=3)
LEASE_S = 30.0
PREFIX = "test"

Make = Callable[[], Meter]


def settled(server: RedisServer) -> None:
    """Have the server known to the limits, so that they were not forgotten just now."""
    call(SharedMeter(server.address, PREFIX, LIMITS), urgent=True)
    server.client().hset(f"{PREFIX}:limits", "closed_until", 0)


@pytest.fixture(params=["local", "shared"])
def make(request: pytest.FixtureRequest) -> Make:
    """Returns a meter: always the same one, or each time another user of the same Redis."""
    if request.param == "local":
        one = LocalMeter(LIMITS)
        return lambda: one
    server: RedisServer = request.getfixturevalue("redis_server")
    settled(server)
    return lambda: SharedMeter(server.address, PREFIX, LIMITS)


def enter(meter: Meter, holder: str, *, urgent: bool = False, lease_s: float = LEASE_S) -> bool:
    return meter.enter(holder, lease_s=lease_s, urgent=urgent).granted


def call(meter: Meter, *, urgent: bool) -> Answer:
    """Ask for a call, which is answered at once."""
    holder = uuid.uuid4().hex
    answer = meter.call(holder, urgent=urgent)
    if answer.granted:
        meter.answered(holder)
    return answer


def calls(meter: Meter, *, urgent: bool = False) -> int:
    """Make calls until one is refused; return how many were granted."""
    for granted in count():
        if not call(meter, urgent=urgent).granted:
            return granted
    raise AssertionError


def test_places_are_as_many_as_allowed_and_free_when_left(make: Make) -> None:
    meter, other = make(), make()
    assert [enter(meter, "a"), enter(other, "b"), enter(meter, "c")] == [True, True, False]
    other.leave("b")
    assert enter(other, "c")


def test_the_place_of_one_who_died_is_free_when_its_lease_runs_out(make: Make) -> None:
    meter = make()
    assert enter(meter, "dead", lease_s=0.2)
    assert enter(meter, "alive")
    assert not enter(meter, "next")
    time.sleep(0.25)
    assert enter(meter, "next")


def test_reading_keeps_a_place_and_a_lost_place_reads_nothing(make: Make) -> None:
    meter = make()
    enter(meter, "a", lease_s=0.3)
    for _ in range(3):
        time.sleep(0.15)
        assert meter.spend("a", 1, lease_s=0.3).granted
    time.sleep(0.4)
    refused = meter.spend("a", 1, lease_s=0.3)
    assert (refused.granted, refused.final) == (False, True)


def test_no_window_holds_more_than_a_budget(make: Make) -> None:
    meter, granted = make(), []
    deadline = time.monotonic() + 2.5 * WINDOW_S
    while time.monotonic() < deadline:
        answer = call(meter, urgent=False)
        if answer.granted:
            granted.append(time.monotonic())
        else:
            assert 0 < answer.wait_s <= WINDOW_S
            time.sleep(answer.wait_s)
    crowds = [sum(start <= one < start + 1.0 for one in granted) for start in granted]
    assert max(crowds) == LIMITS.calls
    assert len(granted) >= 2 * LIMITS.calls  # and waiting as told is enough


def test_what_is_on_its_way_counts_until_a_second_after_it_has_arrived(make: Make) -> None:
    """Else those who are late arrive together with those who were let through after them."""
    meter = make()
    for holder in "abc":
        assert meter.call(holder, urgent=False).granted
    time.sleep(1.2 * WINDOW_S)
    refused = meter.call("d", urgent=False)
    assert (refused.granted, refused.wait_s) == (False, FULL_POLL_S)
    meter.answered("a")
    answered = time.monotonic()
    assert not meter.call("d", urgent=False).granted
    time.sleep(WINDOW_S)
    assert meter.call("d", urgent=False).granted
    assert time.monotonic() - answered > 1.0


def test_an_answer_that_has_begun_tells_that_its_request_has_arrived(make: Make) -> None:
    meter = make()
    for holder in ("a", "b", "c"):
        assert enter(meter, holder)
        meter.leave(holder)
    assert enter(meter, "slow")
    assert meter.spend("slow", 1, lease_s=LEASE_S).granted
    time.sleep(1.1 * WINDOW_S)
    for holder in ("d", "e", "f", "g"):  # as many as before: of the slow one only bytes come
        assert enter(meter, holder)
        meter.leave(holder)


@pytest.mark.parametrize("shared", [False, True])
def test_no_second_has_too_many_arrivals_however_late_some_are(
    shared: bool,  # noqa: FBT001 - pytest's parameter
    redis_server: RedisServer,
) -> None:
    limits = Limits(at_once=8, fetches=12, bytes=10**9, calls=1)
    settled(redis_server)
    local = LocalMeter(limits)
    chance, arrivals, done = random.Random(1), [], threading.Event()

    def work(limiter: Limiter) -> None:
        while not done.is_set():
            with suppress(GateClosed), limiter.fetching():
                time.sleep(chance.choice((0.0, 0.0, 0.3)))
                arrivals.append(time.monotonic())

    meters = [
        SharedMeter(redis_server.address, PREFIX, limits) if shared else local for _ in range(8)
    ]
    threads = [threading.Thread(target=work, args=(Limiter(one, stop=done),)) for one in meters]
    for thread in threads:
        thread.start()
    time.sleep(3.0)
    done.set()
    for thread in threads:
        thread.join()
    most = max(sum(start <= one < start + 1.0 for one in arrivals) for start in arrivals)
    assert most <= limits.fetches
    assert len(arrivals) > 2 * limits.fetches


def test_what_could_not_be_left_while_redis_was_away_is_left_when_it_is_back(
    redis_server: RedisServer,
) -> None:
    redis_server.client().config_set("appendfsync", "always")
    settled(redis_server)
    meter = SharedMeter(redis_server.address, PREFIX, LIMITS)
    assert [enter(meter, "a"), enter(meter, "b")] == [True, True]
    redis_server.kill()
    meter.leave("a")
    meter.leave("b")
    redis_server.start()
    assert meter.call("c", urgent=True).final  # the pause of a Redis that may have forgotten
    assert redis_server.client().zcard(f"{PREFIX}:limits:places") == 0


def test_bytes_wait_until_so_many_have_left_the_window(make: Make) -> None:
    meter = make()
    enter(meter, "a")
    assert meter.spend("a", 600, lease_s=LEASE_S).granted
    assert meter.spend("a", 400, lease_s=LEASE_S).granted
    refused = meter.spend("a", 500, lease_s=LEASE_S)
    assert (refused.granted, refused.final) == (False, False)
    time.sleep(refused.wait_s + 0.01)
    assert meter.spend("a", 500, lease_s=LEASE_S).granted


def test_a_pause_holds_for_all_and_a_shorter_one_does_not_shorten_it(make: Make) -> None:
    meter, other = make(), make()
    enter(meter, "a")
    meter.close(20.0, "503")
    meter.close(5.0, "maxlag")
    for answer in (call(other, urgent=True), other.enter("b", lease_s=LEASE_S, urgent=True)):
        assert (answer.granted, answer.final, answer.why) == (False, True, "503")
        assert 19.0 < answer.wait_s <= 20.0
    assert meter.spend("a", 1, lease_s=LEASE_S).granted  # what is under way is read to its end


def test_one_who_is_urgent_goes_before_those_who_are_not(make: Make) -> None:
    live, backfill = make(), make()
    assert enter(backfill, "a")
    assert enter(backfill, "b")
    assert not enter(live, "live", urgent=True)
    backfill.leave("a")
    assert not enter(backfill, "c")
    assert call(backfill, urgent=False).granted  # for which nobody urgent waits
    assert backfill.spend("b", 10, lease_s=LEASE_S).granted  # or the place would never be free
    assert enter(live, "live", urgent=True)
    live.leave("live")
    assert enter(backfill, "c")  # at once: nobody urgent waits any more


def test_one_who_is_urgent_goes_first_among_calls_too_and_holds_no_fetch_up(make: Make) -> None:
    live, backfill = make(), make()
    for _ in range(LIMITS.calls):
        assert call(backfill, urgent=False).granted
    refused = call(live, urgent=True)
    assert not refused.granted
    assert enter(backfill, "a")
    time.sleep(refused.wait_s)
    assert not call(backfill, urgent=False).granted
    assert call(live, urgent=True).granted


def test_one_who_is_urgent_and_never_comes_back_holds_nobody_up_for_long(make: Make) -> None:
    live, backfill = make(), make()
    assert enter(backfill, "a")
    assert enter(backfill, "b")
    assert not enter(live, "live", urgent=True)
    backfill.leave("a")
    assert not enter(backfill, "c")
    time.sleep(1.2)
    assert enter(backfill, "c")


def test_many_threads_never_have_more_than_is_granted(make: Make) -> None:
    inside, most, lock, done = 0, 0, threading.Lock(), threading.Event()

    def work(limiter: Limiter) -> None:
        nonlocal inside, most
        while not done.is_set():
            try:
                with limiter.fetching():
                    with lock:
                        inside += 1
                        most = max(most, inside)
                    time.sleep(0.02)
                    with lock:
                        inside -= 1
            except GateClosed:
                return

    threads = [threading.Thread(target=work, args=(Limiter(make(), stop=done),)) for _ in range(6)]
    for thread in threads:
        thread.start()
    time.sleep(1.5)
    done.set()
    for thread in threads:
        thread.join()
    assert most == LIMITS.at_once


def test_an_emptied_redis_lets_nobody_in_until_what_it_forgot_is_over(
    redis_server: RedisServer,
) -> None:
    settled(redis_server)
    meter = SharedMeter(redis_server.address, PREFIX, LIMITS)
    assert enter(meter, "a")
    redis_server.flush()
    answer = call(meter, urgent=True)
    assert (answer.granted, answer.final) == (False, True)
    assert answer.wait_s >= WINDOW_S
    assert meter.spend("a", 1, lease_s=LEASE_S).final


def test_so_does_one_that_was_killed_and_kept_its_file(redis_server: RedisServer) -> None:
    settled(redis_server)
    meter = SharedMeter(redis_server.address, PREFIX, LIMITS)
    assert calls(meter) == LIMITS.calls
    redis_server.kill()
    with pytest.raises(GateClosed) as caught:
        call(meter, urgent=True)
    assert caught.value.retry_after
    redis_server.start()
    assert call(meter, urgent=True).final


def test_without_redis_nothing_is_fetched_and_it_is_tried_again_later(
    redis_server: RedisServer,
) -> None:
    redis_server.kill()
    limiter = Limiter(SharedMeter(redis_server.address, PREFIX, LIMITS))
    with pytest.raises(GateClosed) as caught, limiter.fetching():
        pytest.fail("let in")
    assert caught.value.retry_after
    limiter.tell(30.0, "503")  # which nobody can be told, and nobody asks


def test_two_prefixes_share_nothing(redis_server: RedisServer) -> None:
    settled(redis_server)
    one = SharedMeter(redis_server.address, PREFIX, LIMITS)
    assert calls(one) == LIMITS.calls
    other = SharedMeter(redis_server.address, "other", LIMITS)
    call(other, urgent=True)
    redis_server.client().hset("other:limits", "closed_until", 0)
    assert calls(other) == LIMITS.calls
    assert {key.split(":")[0] for key in redis_server.client().scan_iter()} == {PREFIX, "other"}


def test_every_key_goes_by_itself_when_nobody_asks_any_more(redis_server: RedisServer) -> None:
    settled(redis_server)
    meter = SharedMeter(redis_server.address, PREFIX, LIMITS)
    enter(meter, "a")
    meter.spend("a", 1, lease_s=LEASE_S)
    call(meter, urgent=False)
    client = redis_server.client()
    assert all(client.ttl(key) > 0 for key in client.scan_iter())


def test_a_fetch_counts_its_bytes_and_tells_the_fleet_what_it_was_told() -> None:
    meter = LocalMeter(Limits(at_once=1, fetches=100, bytes=3000, calls=100))
    picture = Reply(kind="image/png", body=b"x" * 2000)
    busy = Reply(status=503, headers={"Retry-After": "60"})

    def reply(asked: Asked) -> Reply:
        return busy if asked.path.endswith("busy") else picture

    with ScriptedServer(reply) as server:
        wiki = WikiSettings(api=f"{server.url}/w/api.php", file_hosts=(server.netloc,))
        patience = Patience(limiter=Limiter(meter))
        fetcher = Fetcher(wiki, MediaSettings(), user_agent=AGENT, patience=patience)
        begun = time.monotonic()
        for _ in range(2):
            assert len(fetcher.fetch(f"{server.url}/a.png")) == 2000
        assert time.monotonic() - begun > WINDOW_S / 2  # 4,000 bytes do not go into one window
        with pytest.raises(ServerBusy):
            fetcher.fetch(f"{server.url}/busy")
    answer = call(meter, urgent=True)
    assert answer.final
    assert 59.0 < answer.wait_s <= 60.0


def test_the_limits_are_those_of_the_settings() -> None:
    assert Limits.of(FleetSettings()) == Limits(at_once=2, fetches=20, bytes=3_125_000, calls=3)
