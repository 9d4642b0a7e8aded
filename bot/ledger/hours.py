"""How many uploads there were in each of the last hours, for a plot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Engine, case, func, select

from bot.ledger.days import FLAGGED
from bot.ledger.dialect import clock
from bot.ledger.schema import State, uploads
from bot.ledger.transactions import reading

HOUR_S: Final = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """The uploads that were seen in one hour of the clock (UTC)."""

    start: float  # s since 1970
    seen: int
    scored: int
    flagged: int  # suggested for review
    failed: int  # dead


class Hours:
    """Reads them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(self, count: int) -> Sequence[Hour]:
        """Return the last `count` hours, the earliest first; the last one is not over yet."""
        with reading(self._engine) as connection:
            now = clock(connection)
            this = now - now % HOUR_S
            starts = (this - back * HOUR_S for back in reversed(range(count)))
            return [_hour(connection, start) for start in starts]


def _hour(connection: Connection, start: float) -> Hour:
    query = select(
        func.count(),
        func.count(case((uploads.c.state == State.SCORED, 1))),
        func.count(case((uploads.c.verdict == FLAGGED, 1))),
        func.count(case((uploads.c.state == State.DEAD, 1))),
    ).where(uploads.c.seen_at >= start, uploads.c.seen_at < start + HOUR_S)
    seen, scored, flagged, failed = connection.execute(query).one()
    return Hour(start=start, seen=seen, scored=scored, flagged=flagged, failed=failed)
