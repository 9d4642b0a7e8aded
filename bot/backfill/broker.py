"""Celery on Redis, set so that a worker or a Redis that dies costs time and nothing else.

With Celery's defaults 37 to 40 of 1,500 tasks were lost when workers were killed; with these
settings none, in our measurements and with the ledger beneath (docs/backfill.md).
"""

from collections.abc import Callable
from typing import Any, Final, Protocol

import kombu.exceptions
import redis
import structlog
from celery import Celery

from bot.backfill.worker import LONGEST_S
from bot.config import Settings
from bot.errors import Unreachable

log = structlog.get_logger(__name__)

TASK: Final = "lookout.shard"
QUEUE: Final = "shards"
RESTORE_S: Final = 2  # between two looks for messages of workers that died
TIMEOUT_S: Final = 5.0  # to connect, and for an answer
AWAY: Final = (kombu.exceptions.OperationalError, redis.RedisError, OSError)


class Broker(Protocol):
    """Hands numbers of shards to workers. It may lose and double them."""

    def waiting(self) -> int:
        """Return how many numbers no worker has taken yet.

        Raises:
            Unreachable: it does not answer.
        """

    def send(self, shard: int) -> None:
        """Hand out a number; raises as `waiting`."""


def visible_s(settings: Settings) -> float:
    """Return twice the longest that a worker may need for one message, in seconds.

    That is until it begins the last file, and for that one, be it a video or a document.
    """
    return 2 * (LONGEST_S + max(settings.video.seconds, settings.document.seconds))


def make_app(settings: Settings) -> Celery:
    """Return the application of dispatcher and workers."""
    app = Celery("lookout", broker=settings.fleet.address, set_as_current=False)
    app.conf.update(
        # A message is done when its shard was worked on, not when a worker has taken it.
        task_acks_late=True,
        # A worker process that is killed gives its message back, in a pool of processes too.
        task_reject_on_worker_lost=True,
        # Nobody holds back messages that others could work on, and that would be lost with them.
        worker_prefetch_multiplier=1,
        broker_transport_options={
            # Longer than any message takes, or Redis would hand it to a second worker meanwhile.
            "visibility_timeout": visible_s(settings),
            # Every two seconds; by default one of ten looks, ten seconds apart, does something.
            "unacked_restore_interval": RESTORE_S,
            "unacked_restore_throttle": 1,
            "global_keyprefix": f"{settings.fleet.prefix}:celery:",
            "socket_timeout": TIMEOUT_S,
            "socket_connect_timeout": TIMEOUT_S,
        },
        task_default_queue=QUEUE,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # for ever
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
    )
    return app


class CeleryBroker:
    """Sends through Celery; see `Broker`."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def waiting(self) -> int:
        """See `Broker`."""
        count: int = self._asked(self._count)
        return count

    def send(self, shard: int) -> None:
        """See `Broker`."""
        self._asked(lambda: self._app.send_task(TASK, args=[shard], retry=False))

    def _count(self) -> int:
        # Not `default_channel`, which tries to connect again for six seconds.
        with self._app.connection_for_write() as connection, connection.channel() as channel:
            return int(channel.queue_declare(QUEUE, passive=False).message_count)

    def _asked(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except AWAY as error:
            raise Unreachable(f"fleet.redis does not answer: {error}") from error


def warn_of_forgetful(address: str) -> None:
    """Say so when the Redis keeps nothing: the ledger has all, but it costs time."""
    try:
        with redis.Redis.from_url(address, socket_timeout=TIMEOUT_S) as client:
            kept = client.config_get("appendonly").get("appendonly")
    except redis.RedisError as error:
        log.info("backfill.redis-unknown", error=str(error))
        return
    if kept != "yes":
        log.warning("backfill.redis-forgets", appendonly=kept, see="docs/backfill.md")
