"""Figures of the whole ledger that several visitors may share, counted now and then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import Request

from bot.ledger import Counts, DeadLetter, Hour, OpenGap, Refusal
from bot.publish.quota import Quota, quota_of
from bot.statistics.interval import Share
from bot.statistics.recent import recent_precision
from bot.watching.baseline import Reading, readings
from bot.watching.recent import Recent
from bot.web.parts import Parts

COUNTED_FOR_S: Final = 5.0
JUDGED_FOR_S: Final = 300.0  # what goes through months
HOURS: Final = 24
LISTED: Final = 5  # of the newest failures


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """How the bot does."""

    at: float  # s since 1970, by the ledger's clock
    counts: Counts
    quota: Quota
    hours: Sequence[Hour]
    retried: Mapping[str, int]
    gaps: Sequence[OpenGap]
    dead: Sequence[DeadLetter]
    refused: Sequence[Refusal]


class Figures:
    """Counts when asked, unless that was done a moment ago. Safe to share between threads."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.now = Recent(self._now, COUNTED_FOR_S)
        self.precision: Recent[Share] = Recent(self._precision, JUDGED_FOR_S)
        self.baseline: Recent[Sequence[Reading]] = Recent(self._baseline, JUDGED_FOR_S)

    def _now(self) -> Now:
        ledger = self._parts.ledger
        return Now(
            at=ledger.census.now(),
            counts=ledger.census.take(),
            quota=quota_of(ledger, self._parts.settings.publish),
            hours=ledger.hours.take(HOURS),
            retried=ledger.troubles.retried(),
            gaps=ledger.troubles.gaps(),
            dead=ledger.dead.list(limit=LISTED),
            refused=ledger.outbox.refused(limit=LISTED),
        )

    def _precision(self) -> Share:
        return recent_precision(self._parts.ledger, self._parts.settings.reviews)

    def _baseline(self) -> Sequence[Reading]:
        days = self._parts.settings.watch.baseline_days
        return readings(self._parts.ledger.days.take(days + 1))


def figures_of(request: Request) -> Figures:
    """Return the figures of the application that got the request."""
    figures: Figures = request.app.state.figures
    return figures
