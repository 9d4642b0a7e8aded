"""From the stream into the ledger, with a bounded hand-off in between.

The reader blocks when the hand-off is full, so that the socket is simply not read. The writer lets
deliveries gather for a moment and stores them in one transaction; a batch that cannot be stored
holds up all that follow, because the cursor of a later one would pass over it.
"""

import queue
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress

import structlog

from bot.errors import LedgerBusy
from bot.ledger import Intake
from bot.stream import Delivery

log = structlog.get_logger(__name__)

HAND_OFF_EVENTS = 2_000
BATCH_EVENTS = 1_000
PATIENCE_S = 0.5  # how long either side waits before it looks at the stop signal
GATHER_S = 0.2  # a quiet stream costs five commits a second at most


class Ingest:
    """Two loops around one bounded queue."""

    def __init__(
        self,
        intake: Intake,
        stream_name: str,
        stop: threading.Event,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        self._intake = intake
        self._name = stream_name
        self._stop = stop
        self._beat = beat  # told at each turn of the writer
        self._hand_off: queue.Queue[Delivery] = queue.Queue(HAND_OFF_EVENTS)

    def read(self, stream: Iterable[Delivery]) -> None:
        """Move deliveries from the stream into the hand-off until stopped."""
        for delivery in stream:
            while not self._offer(delivery):
                if self._stop.is_set():
                    return
            if self._stop.is_set():
                return

    def write(self) -> None:
        """Store deliveries until stopped and nothing is left.

        Raises:
            LedgerBusy: the bot stops, and the ledger is still locked; nothing is lost by that.
            LedgerUnusable: a person has to act.
        """
        while not (self._stop.is_set() and self._hand_off.empty()):
            self._beat()
            batch = self._gather()
            if batch:
                self._store(batch)

    def _offer(self, delivery: Delivery) -> bool:
        try:
            self._hand_off.put(delivery, timeout=PATIENCE_S)
        except queue.Full:
            return False
        return True

    def _gather(self) -> list[Delivery]:
        """Return what is there, at least one delivery unless none comes for a while."""
        batch: list[Delivery] = []
        with suppress(queue.Empty):
            batch.append(self._hand_off.get(timeout=PATIENCE_S))
            if self._hand_off.qsize() < BATCH_EVENTS:
                self._stop.wait(GATHER_S)
            while len(batch) < BATCH_EVENTS:
                batch.append(self._hand_off.get_nowait())
        return batch

    def _store(self, batch: list[Delivery]) -> None:
        uploads = [delivery.upload for delivery in batch if delivery.upload]
        positions = [delivery.position for delivery in batch if delivery.position is not None]
        bad = [delivery.bad for delivery in batch if delivery.bad]
        holes = [delivery.hole for delivery in batch if delivery.hole]
        for hole in holes:
            log.warning("ingest.gap", reason=hole.reason, seconds=(hole.until - hole.since) / 1000)
        position = max(positions, default=None)
        new = self._patiently(
            lambda: self._intake.record(self._name, uploads, position, bad, holes)
        )
        if new or bad:
            log.info("ingest.stored", new=new, repeated=len(uploads) - new, malformed=len(bad))

    def _patiently(self, record: Callable[[], int]) -> int:
        while True:
            try:
                return record()
            except LedgerBusy as error:
                if self._stop.wait(PATIENCE_S):
                    raise
                log.warning("ingest.waiting", error=str(error))
                self._beat()
