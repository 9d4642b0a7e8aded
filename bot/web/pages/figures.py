"""Figures of the whole ledger that several visitors may share, counted now and then."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fastapi import Request

from bot.ledger import Counts, DeadLetter, Hour, OpenGap, Refusal
from bot.ledger.suggestions import AUDIT
from bot.publish.quota import Quota, quota_of
from bot.settings.rules import Rule
from bot.statistics.cases import Case, gather
from bot.statistics.curve import Curve, Weights, curve
from bot.statistics.recent import DAY_S, recent
from bot.statistics.recent import DAYS as JUDGED_DAYS
from bot.statistics.report import Report
from bot.watching.baseline import Reading, readings
from bot.watching.recent import Recent
from bot.web.parts import Parts

COUNTED_FOR_S: Final = 5.0
JUDGED_FOR_S: Final = 300.0  # what goes through months
COLLECTED_FOR_S: Final = 900.0  # what reads every stored score
HOURS: Final = 24
SPANS: Final = (30.0, 14.0, 7.0, 3.0, 1.0, 0.25)  # days; the longest that has not too many files
MOST_FILES: Final = 20_000
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Stored scores of one model, and what people decided about suggestions that rest on it."""

    rules: Sequence[Rule]
    weights: Weights
    cases: Sequence[Case]
    days: float
    model: str

    def curve(self, rule: str, medium: str) -> Curve:
        """Return what each threshold of a rule would mean."""
        chosen = next(one for one in self.rules if one.name == rule)
        return curve(chosen, medium, self.weights, self.cases, days=self.days)


class Figures:
    """Counts when asked, unless that was done a moment ago. Safe to share between threads."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.now = Recent(self._now, COUNTED_FOR_S)
        self.report: Recent[Report] = Recent(self._report, JUDGED_FOR_S)
        self.stored: Recent[Stored] = Recent(self._stored, COLLECTED_FOR_S)
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

    def _report(self) -> Report:
        return recent(self._parts.ledger, self._parts.settings.reviews)

    def _stored(self) -> Stored:
        ledger, settings = self._parts.ledger, self._parts.settings
        until = time.time()
        days = self._span(until)
        weights: dict[str, Weights] = {}
        files: Counter[str] = Counter()
        for one in ledger.precedents.since(datetime.fromtimestamp(until - days * DAY_S, UTC)):
            weights.setdefault(one.model, Weights(settings.rules)).add(one)
            files[one.model] += 1
        # Scores of different models do not compare: the one that scored most speaks for all.
        model = max(files, key=lambda name: files[name], default="")
        cases = gather(ledger, until - JUDGED_DAYS * DAY_S, until, settings.reviews)
        collected = weights.get(model, Weights(settings.rules))
        return Stored(
            rules=collected.rules,
            weights=collected,
            cases=[
                case
                for case in cases
                if case.suggestion.kind != AUDIT and case.suggestion.model == model
            ],
            days=days,
            model=model,
        )

    def _span(self, until: float) -> float:
        volumes = self._parts.ledger.suggestions.volumes
        short = (days for days in SPANS if volumes(until - days * DAY_S, until).scored < MOST_FILES)
        return next(short, SPANS[-1])

    def _baseline(self) -> Sequence[Reading]:
        days = self._parts.settings.watch.baseline_days
        return readings(self._parts.ledger.days.take(days + 1))


def figures_of(request: Request) -> Figures:
    """Return the figures of the application that got the request."""
    figures: Figures = request.app.state.figures
    return figures
