"""The report on what was suggested lately."""

import time
from typing import Final

from bot.ledger import Ledger
from bot.ledger.suggestions import AUDIT
from bot.settings.reviewing import ReviewSettings
from bot.statistics.cases import gather
from bot.statistics.interval import Share
from bot.statistics.report import Report, precision, report

DAYS: Final = 90
DAY_S: Final = 86_400.0


def recent_precision(ledger: Ledger, settings: ReviewSettings) -> Share:
    """Return how many of the suggestions of the last days were worth a look."""
    until = time.time()
    cases = gather(ledger, until - DAYS * DAY_S, until, settings)
    suggested = [case for case in cases if case.suggestion.kind != AUDIT]
    return precision("all", "all", suggested).precision


def recent(ledger: Ledger, settings: ReviewSettings, *, days: int = DAYS) -> Report:
    """Return the report on what was suggested or drawn in the last `days`."""
    until = time.time()
    since = until - days * DAY_S
    cases = gather(ledger, since, until, settings)
    volumes = ledger.suggestions.volumes(since, until)
    return report(cases, volumes, since=since, until=until)
