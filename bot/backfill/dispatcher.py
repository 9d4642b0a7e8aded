"""Hands shards to the workers, and again whatever is not done in time: the ledger refills a broker.

A broker that was emptied is full again within `backfill.again_seconds`.
"""

from typing import Final

import structlog

from bot.backfill.broker import Broker
from bot.backfill.lister import Lister
from bot.ledger import Backfills
from bot.settings.backfill import BackfillSettings

log = structlog.get_logger(__name__)

IDLE_S: Final = 1.0  # between looks for what is to be handed out


class Dispatcher:
    """Lists and hands out, a step a turn. Several may do so at once."""

    def __init__(
        self, backfills: Backfills, lister: Lister, broker: Broker, settings: BackfillSettings
    ) -> None:
        self._backfills = backfills
        self._lister = lister
        self._broker = broker
        self._settings = settings

    def turn(self) -> int:
        """List a page, hand out what is due; return how much was done.

        Raises:
            RetryLater: the wiki, the ledger or the broker is busy or away.
            Refused: the wiki does not list its files.
        """
        listed = self._lister.turn()
        sent = self._send()
        for number in self._backfills.end_finished():
            log.info("backfill.done", backfill=number)
        return listed + sent

    def _send(self) -> int:
        """Hand out shards until enough wait: so a queue that nobody reads does not grow."""
        sent = 0
        while self._broker.waiting() < self._settings.shards_ahead:
            shard = self._backfills.take_shard(again_s=self._settings.again_seconds)
            if shard is None:
                break
            self._broker.send(shard)
            log.info("backfill.sent", shard=shard)
            sent += 1
        return sent
