"""One shard's files, scored by the bot's own steps, for as long as no upload has to wait."""

import itertools
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Final

import structlog

from bot.commons import Commons
from bot.config import Settings
from bot.control import Adjustments
from bot.engine import Engine
from bot.errors import Never, RetryLater
from bot.lanes import Lane
from bot.ledger import Ledger
from bot.meanwhile import renewing
from bot.media import Fetcher
from bot.pauses import full_jitter
from bot.scoring import Scorer
from bot.watching.vitals import Vitals

log = structlog.get_logger(__name__)

LONGEST_S: Final = 240.0  # until the last file of a shard is begun; the others are handed out again
FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 60.0
YIELD_S: Final = 1.0  # between two looks whether an upload waits


class Worker:
    """Looks at files of old, by everything that looks at new ones.

    Args:
        ledger: Where the shards are.
        commons: What the files are.
        fetcher: Fetches them.
        engine: Scores them.
        stop: Ends the work between two files.
        settings: Those in force.
        after: Is called after each batch.
    """

    def __init__(
        self,
        ledger: Ledger,
        commons: Commons,
        fetcher: Fetcher,
        engine: Engine,
        stop: threading.Event,
        *,
        settings: Settings,
        after: Callable[[], None] = lambda: None,
    ) -> None:
        self._after = after
        self._ledger = ledger
        self._parts = (ledger, commons, fetcher, engine, stop)
        self._settings = settings
        self._stop = stop
        self._adjustments = Adjustments(commons.api)
        self.vitals = Vitals()
        self.model = engine.version

    def work(self, shard: int, *, longest_s: float = LONGEST_S) -> bool:
        """Bring a shard's files to their ends; return whether none is left.

        Some are left when it is stopped or paused, when it takes too long, and when a file is to be
        tried again later.

        Raises:
            Stop: a person has to act.
        """
        backfills, again_s = self._ledger.backfills, self._settings.backfill.again_seconds
        # A long document is looked at to its end, and nobody else is given the shard meanwhile.
        keep = partial(backfills.keep_shard, shard)
        with renewing(keep, lease_s=again_s, what=f"shard {shard}"):
            self._work(shard, time.monotonic() + longest_s)
        return backfills.close_shard(shard)

    def _work(self, shard: int, deadline: float) -> None:
        queue = self._ledger.backfills.queue(shard)
        scorers = [
            Scorer(*self._parts, lane=lane, vitals=self.vitals, queue=queue) for lane in Lane
        ]
        try:
            while self._may_go_on(shard, deadline) and self._turn(scorers, deadline):
                self._after()
        finally:
            for scorer in scorers:
                scorer.abandon()

    def _may_go_on(self, shard: int, deadline: float) -> bool:
        """Wait while an upload waits; tell whether to take the next batch."""
        limit_s = self._settings.backfill.yield_seconds
        while self._ledger.backfills.live_waits_s() > limit_s:
            log.info("backfill.yields", shard=shard)
            if time.monotonic() > deadline or self._stop.wait(YIELD_S):
                return False
        over = self._stop.is_set() or time.monotonic() > deadline
        return not over and self._ledger.backfills.is_running(shard)

    def _turn(self, scorers: list[Scorer], deadline: float) -> bool:
        """Take pictures, else a video, else a document; tell whether there may be more."""
        for failures in itertools.count(1):
            try:
                return any(scorer.turn(*self._wanted()) for scorer in scorers)
            except RetryLater as error:
                pause = error.retry_after or full_jitter(
                    failures, first_s=FIRST_PAUSE_S, longest_s=LONGEST_PAUSE_S
                )
                log.warning("backfill.pause", error=str(error), seconds=round(pause, 1))
                if time.monotonic() + pause > deadline or self._stop.wait(pause):
                    return False
            except Never as error:  # the wiki takes none of our requests
                log.warning("backfill.refused", error=str(error))
                return False
        raise AssertionError  # the loop has no end

    def _wanted(self) -> tuple[Settings, frozenset[str]]:
        settings = self._adjustments.apply(self._settings)
        return settings, frozenset(self._adjustments.opted_out)
