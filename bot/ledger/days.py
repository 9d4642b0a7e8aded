"""What became of the uploads of each of the last days, for comparison."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Engine, case, func, select

from bot.ledger.dialect import clock
from bot.ledger.schema import State, uploads
from bot.ledger.transactions import reading

DAY_S: Final = 86_400.0
FLAGGED: Final = "review"  # `bot.rules.Verdict.word`


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The uploads seen in 24 hours."""

    seen: int
    scored: int
    flagged: int  # suggested for review


class Days:
    """Reads them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(self, count: int) -> Sequence[Day]:
        """Return the last `count` spans of 24 hours, the one that ends now first."""
        with reading(self._engine) as connection:
            now = clock(connection)
            return [_day(connection, now - number * DAY_S) for number in range(count)]


def _day(connection: Connection, until: float) -> Day:
    query = select(
        func.count(),
        func.count(case((uploads.c.state == State.SCORED, 1))),
        func.count(case((uploads.c.verdict == FLAGGED, 1))),
    ).where(uploads.c.seen_at > until - DAY_S, uploads.c.seen_at <= until)
    seen, scored, flagged = connection.execute(query).one()
    return Day(seen=seen, scored=scored, flagged=flagged)
