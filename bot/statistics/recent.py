"""The report on what was suggested lately."""

import time
from typing import Final

from bot.ledger import Ledger
from bot.settings.reviewing import ReviewSettings
from bot.statistics.cases import gather
from bot.statistics.report import Report, report

DAYS: Final = 90
DAY_S: Final = 86_400.0


def recent(ledger: Ledger, settings: ReviewSettings, *, days: int = DAYS) -> Report:
    """Return the report on what was suggested or drawn in the last `days`."""
    until = time.time()
    since = until - days * DAY_S
    cases = gather(ledger, since, until, settings)
    volumes = ledger.suggestions.volumes(since, until)
    return report(cases, volumes, since=since, until=until)
