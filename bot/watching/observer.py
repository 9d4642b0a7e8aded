"""Says in the log when a measure leaves its baseline, and when it is back."""

from collections.abc import Callable, Mapping, Sequence

import structlog

from bot.ledger import Day
from bot.settings.watching import WatchSettings
from bot.watching.baseline import Reading, readings

log = structlog.get_logger(__name__)


class Observer:
    """Compares the last day with those before, whenever asked to."""

    def __init__(self, days: Callable[[int], Sequence[Day]]) -> None:
        self._days = days
        self._outside: set[str] = set()
        self.readings: Sequence[Reading] = ()

    @property
    def outside(self) -> Mapping[str, bool]:
        """Of each measure, whether it lies outside its baseline."""
        return {reading.measure: reading.measure in self._outside for reading in self.readings}

    def turn(self, settings: WatchSettings) -> None:
        """Compare, and say what changed.

        Raises:
            LedgerBusy: the ledger is away; what was known stays.
        """
        self.readings = readings(self._days(settings.baseline_days + 1))
        for reading in self.readings:
            departs = reading.departs(settings.baseline_deviations)
            if departs != (reading.measure in self._outside):
                self._say(reading, departs=departs)

    def _say(self, reading: Reading, *, departs: bool) -> None:
        say, event = (log.warning, "outside") if departs else (log.info, "inside")
        self._outside ^= {reading.measure}
        say(
            f"baseline.{event}",
            measure=reading.measure,
            value=round(reading.value, 4),
            usual=round(reading.usual, 4),
            deviations=round(reading.deviation, 1),
        )
