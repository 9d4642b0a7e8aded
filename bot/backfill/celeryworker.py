"""The process that takes numbers of shards from Celery: one shard at a time, in its main thread.

It starts no processes of Celery's own (`solo`): the decoder and the model have theirs already.
"""

import os
import platform
import threading
from collections.abc import Callable
from typing import Any

import celery.worker.state
import structlog
from celery import Celery
from celery.signals import setup_logging, worker_shutting_down

from bot.backfill.broker import QUEUE, TASK
from bot.backfill.worker import Worker
from bot.errors import RetryLater, Stop
from bot.turns import FIRST_PAUSE_S

log = structlog.get_logger(__name__)


class ShardTask:
    """What is done with one message. What ends the process for good is kept in `ended_by`."""

    def __init__(self, worker: Worker, stop: threading.Event) -> None:
        self._worker = worker
        self._stop = stop
        self.ended_by: Stop | None = None

    def __call__(self, shard: int) -> None:
        """Work on a shard; what is left of it is handed out again."""
        if self._stop.is_set():
            return
        try:
            done = self._worker.work(shard)
            log.info("backfill.worked", shard=shard, done=done)
        except RetryLater as error:
            pause = error.retry_after or FIRST_PAUSE_S
            log.warning("backfill.pause", error=str(error), seconds=round(pause, 1))
            self._stop.wait(pause)
        except Stop as error:
            self.ended_by = error
            celery.worker.state.should_stop = os.EX_SOFTWARE


def serve(
    app: Celery, worker: Worker, stop: threading.Event, at_signal: Callable[[], None]
) -> None:
    """Take messages until SIGTERM or SIGINT, whose handlers Celery sets.

    Args:
        app: Of `make_app`.
        worker: Does the work.
        stop: Once it is set, the shard in hand is given back.
        at_signal: Has it set; is called by a signal handler in the midst of anything.

    Raises:
        Stop: a person has to act.
    """
    task = ShardTask(worker, stop)
    app.task(task.__call__, name=TASK)
    worker_shutting_down.connect(lambda **_: at_signal(), weak=False)
    setup_logging.connect(_keep_ours, weak=False)
    app.Worker(
        hostname=f"lookout-{os.getpid()}@{platform.node()}",
        pool="solo",
        concurrency=1,
        queues=[QUEUE],
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    ).start()
    if task.ended_by:
        raise task.ended_by


def _keep_ours(**_: Any) -> None:
    """Leave the log as `bot.logs` has set it up."""
