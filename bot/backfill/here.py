"""A backfill without a broker: this process lists, and works on what the ledger has open.

Several such processes share the work: each takes the shards that no other was given of late.
"""

import threading
from typing import Final

import structlog

from bot.backfill.lister import Lister
from bot.backfill.worker import Worker
from bot.errors import Never, RetryLater
from bot.ledger import Backfills
from bot.pauses import full_jitter
from bot.settings.backfill import BackfillSettings
from bot.turns import FIRST_PAUSE_S, LONGEST_PAUSE_S, REFUSED_PAUSE_S

log = structlog.get_logger(__name__)

IDLE_S: Final = 1.0  # between looks for an open shard


class Here:
    """Takes turns until nothing is left, or it is stopped."""

    def __init__(
        self,
        backfills: Backfills,
        lister: Lister,
        worker: Worker,
        settings: BackfillSettings,
        stop: threading.Event,
    ) -> None:
        self._backfills = backfills
        self._lister = lister
        self._worker = worker
        self._settings = settings
        self._stop = stop
        self._failures = 0

    def run(self, *, for_ever: bool = False) -> None:
        """Work until no backfill is running, or for ever.

        Raises:
            Stop: a person has to act.
        """
        while not self._stop.is_set():
            try:
                busy = self._turn()
            except RetryLater as error:
                self._failures += 1
                self._pause(error, error.retry_after)
            except Never as error:
                self._pause(error, REFUSED_PAUSE_S)
            else:
                self._failures = 0
                if not (busy or for_ever or self._backfills.running()):
                    return
                self._stop.wait(0.0 if busy else IDLE_S)

    def _turn(self) -> bool:
        listed = self._lister.turn()
        shard = self._backfills.take_shard(again_s=self._settings.again_seconds)
        if shard is not None:
            self._worker.work(shard)
        for number in self._backfills.end_finished():
            log.info("backfill.done", backfill=number)
        return bool(listed) or shard is not None

    def _pause(self, error: Exception, seconds: float | None) -> None:
        pause = seconds or full_jitter(
            self._failures, first_s=FIRST_PAUSE_S, longest_s=LONGEST_PAUSE_S
        )
        log.warning("backfill.pause", error=str(error), seconds=round(pause, 1))
        self._stop.wait(pause)
