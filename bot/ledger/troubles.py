"""What goes wrong right now: uploads that are tried again, and stretches not yet read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, func, select

from bot.ledger.schema import State, gaps, uploads
from bot.ledger.transactions import reading

MOST_GAPS = 10  # the newest


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenGap:
    """A stretch of the stream that is still to be filled. Times are ms since 1970."""

    since: int
    until: int
    reason: str
    found: int  # uploads that were missing, so far


class Troubles:
    """Reads them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def retried(self) -> Mapping[str, int]:
        """Count the uploads that failed and will be tried again, by the last error's class."""
        query = select(uploads.c.reason, func.count()).where(
            uploads.c.state.in_([State.WAITING, State.LEASED]), uploads.c.reason.is_not(None)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query.group_by(uploads.c.reason))
            return {str(reason): count for reason, count in rows}

    def gaps(self) -> Sequence[OpenGap]:
        """Return the open gaps of every stream, the newest first."""
        columns = gaps.c["since", "until", "reason", "found"]
        query = select(*columns).where(gaps.c.closed_at.is_(None))
        newest = query.order_by(gaps.c.until.desc()).limit(MOST_GAPS)
        with reading(self._engine) as connection:
            return [OpenGap(**row) for row in connection.execute(newest).mappings()]
