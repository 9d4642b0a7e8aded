"""Celery's part of a backfill, on a real Redis: its settings, and what the dispatcher sends."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.backfill.broker import CeleryBroker, make_app, visible_s, warn_of_forgetful
from bot.backfill.dispatcher import Dispatcher
from bot.backfill.jobs import dispatch_for, work_for
from bot.backfill.lister import Lister
from bot.backfill.listing import Listing
from bot.backfill.stopping import Stopping
from bot.backfill.worker import LONGEST_S
from bot.config import Settings
from bot.demo.commons import MiniCommons
from bot.errors import ConfigInvalid, Unreachable
from bot.settings.backfill import BackfillSettings
from bot.settings.document import DocumentSettings
from bot.settings.fleet import FleetSettings
from bot.settings.video import VideoSettings
from support.bench import Bench, picture
from support.redis import RedisServer

SETTINGS = Settings(fleet=FleetSettings(redis="redis://127.0.0.1:1/0", prefix="tool"))


def setting(name: str) -> Any:
    value: Any = make_app(SETTINGS).conf
    for part in name.split("."):
        value = value[part]
    return value


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        (
            "task_acks_late",
            True,
            "acked when taken, a killed worker's messages are lost: 40 of 1500",
        ),
        (
            "task_reject_on_worker_lost",
            True,
            "a killed pool process would else ack: 3 of 1500 lost",
        ),
        ("worker_prefetch_multiplier", 1, "what a worker holds back, nobody else can work on"),
        (
            "broker_transport_options.visibility_timeout",
            2 * (LONGEST_S + SETTINGS.document.seconds),
            "shorter than a task, and a second worker gets it while the first is still at it",
        ),
        (
            "broker_transport_options.unacked_restore_interval",
            2,
            "by default every 10 s, and only each tenth time: 100 s until a message came back",
        ),
        ("broker_transport_options.unacked_restore_throttle", 1, "the other half of that"),
    ],
)
def test_the_settings_without_which_messages_are_lost(
    name: str, value: object, reason: str
) -> None:
    assert setting(name) == value, reason


@pytest.mark.parametrize(("video_s", "document_s"), [(240, 600), (3600, 600), (60, 3600)])
def test_no_message_takes_longer_than_it_is_hidden(video_s: int, document_s: int) -> None:
    video, document = VideoSettings(seconds=video_s), DocumentSettings(seconds=document_s)
    settings = SETTINGS.model_copy(update={"video": video, "document": document})
    assert visible_s(settings) >= 2 * (LONGEST_S + max(video_s, document_s))


@pytest.fixture
def settings(redis_server: RedisServer) -> Settings:
    return Settings(
        fleet=FleetSettings(redis=redis_server.address, prefix="tool"),
        backfill=BackfillSettings(shard_files=2, shards_ahead=3, again_seconds=5),
    )


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with MiniCommons() as mini, Bench(tmp_path, mini) as bench:
        for number in range(10):
            data = picture("red", 40 + number)
            mini.wiki.upload(f"File:{number}.png", data, user="Alice", comment="own work")
        yield bench


def dispatcher(bench: Bench, settings: Settings) -> Dispatcher:
    backfills = bench.ledger.backfills
    lister = Lister(backfills, Listing(bench.commons.api), settings.backfill)
    return Dispatcher(backfills, lister, CeleryBroker(make_app(settings)), settings.backfill)


def test_a_broker_counts_what_waits_and_uses_no_key_of_others(
    settings: Settings, redis_server: RedisServer
) -> None:
    broker = CeleryBroker(make_app(settings))
    assert broker.waiting() == 0
    broker.send(7)
    broker.send(7)
    assert broker.waiting() == 2
    assert all(key.startswith("tool:celery:") for key in redis_server.client().scan_iter())


def test_a_broker_that_is_away_is_asked_again_later(
    settings: Settings, redis_server: RedisServer
) -> None:
    # With "everysec" Redis may hold a write back for up to two seconds.
    redis_server.client().config_set("appendfsync", "always")
    broker = CeleryBroker(make_app(settings))
    broker.send(1)
    redis_server.kill()
    with pytest.raises(Unreachable, match=r"fleet\.redis does not answer"):
        broker.send(2)
    with pytest.raises(Unreachable):
        broker.waiting()
    redis_server.start()
    assert broker.waiting() == 1  # by its append-only file


def test_an_emptied_broker_is_filled_from_the_ledger(
    bench: Bench, settings: Settings, redis_server: RedisServer
) -> None:
    bench.ledger.backfills.make("allimages", "", None)
    one, broker = dispatcher(bench, settings), CeleryBroker(make_app(settings))
    for _ in range(6):
        one.turn()
    assert broker.waiting() == 3  # as many as were listed ahead
    redis_server.flush()
    assert one.turn() == 0  # they were handed out just now
    with bench.ledger._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE backfill_shards SET dispatched_at = dispatched_at - 6")
    assert one.turn() == 3
    assert broker.waiting() == 3


def test_a_queue_that_nobody_reads_does_not_grow(bench: Bench, settings: Settings) -> None:
    bench.ledger.backfills.make("allimages", "", None)
    one = dispatcher(bench, settings)
    for _ in range(6):
        one.turn()
        with bench.ledger._engine.begin() as connection:
            connection.exec_driver_sql("UPDATE backfill_shards SET dispatched_at = 0")
    assert CeleryBroker(make_app(settings)).waiting() == 3


def test_a_redis_that_forgets_is_told(
    redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    warn_of_forgetful(redis_server.address)
    assert "backfill.redis-forgets" not in caplog.text
    redis_server.client().config_set("appendonly", "no")
    warn_of_forgetful(redis_server.address)
    assert "backfill.redis-forgets" in caplog.text


@pytest.mark.parametrize("job", [dispatch_for, work_for])
def test_without_redis_the_jobs_say_what_to_do(job: Any) -> None:
    with pytest.raises(ConfigInvalid, match="lookout backfill work --here"):
        job(Settings(), Stopping())
