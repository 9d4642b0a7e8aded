"""Counts the ledger all the while, from outside."""

import threading
from typing import Self

from bot.errors import LedgerBusy, LedgerUnusable
from bot.ledger import Counts, Ledger

PAUSE_S = 0.1


class Auditor:
    """Checks `seen = scored + skipped + waiting + leased + dead` until told to stop."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self.checks = 0
        self.away = 0
        self.violations: list[Counts] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stop.wait(PAUSE_S):
            try:
                counts = take(self._address)
            except (LedgerBusy, LedgerUnusable):
                self.away += 1
                continue
            self.checks += 1
            if not counts.balanced:
                self.violations.append(counts)


def take(address: str) -> Counts:
    """Count everything once."""
    with Ledger(address) as ledger:
        return ledger.census.take()
