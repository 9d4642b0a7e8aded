"""Decisions that people give to us rather than write on the wiki; they can take them back.

They stand among those read from the wiki, and count as those do. Each act is recorded besides.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Engine, func, insert, select, update

from bot.ledger.dialect import clock
from bot.ledger.schema import acts, reviews, uploads
from bot.ledger.settled import DASHBOARD
from bot.ledger.transactions import reading

_OWN: Final = reviews.c.source == DASHBOARD


class Act(StrEnum):
    """What somebody did."""

    DECIDED = "decided"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A decision as it is stored. `new` is False for one that stood already."""

    id: int
    log_id: int
    outcome: str
    reviewer: str
    withdrawn: bool = False
    new: bool = False


class Desk:
    """Takes decisions, one at a time for each upload."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def decide(self, *, log_id: int, outcome: str, reviewer: str) -> Given:
        """Store a decision about an upload that is known; the same again changes nothing."""
        with self._engine.begin() as connection:
            _lock(connection, log_id)
            standing = _last(connection, log_id, reviewer)
            if standing and standing.outcome == outcome:
                return standing
            now = clock(connection)
            new: dict[str, Any] = {"log_id": log_id, "outcome": outcome, "reviewer": reviewer}
            row = new | {"source": DASHBOARD, "reference": _next(connection, log_id)}
            stored = connection.execute(
                insert(reviews).values(**row, reviewed_at=now, noted_at=now, withdrawn=False)
            )
            (key,) = stored.inserted_primary_key or (0,)
            given = Given(id=key, **new, new=True)
            _record(connection, Act.DECIDED, given)
        return given

    def get(self, key: int) -> Given | None:
        """Return a decision that was given here, None where there is none."""
        with reading(self._engine) as connection:
            return _first(connection, reviews.c.id == key)

    def standing(self, *, log_id: int, reviewer: str) -> Given | None:
        """Return somebody's last decision about an upload that they can still take back."""
        with reading(self._engine) as connection:
            return _last(connection, log_id, reviewer)

    def undo(self, given: Given) -> bool:
        """Withdraw a decision; return False for one that is withdrawn already."""
        with self._engine.begin() as connection:
            standing = (reviews.c.id == given.id) & reviews.c.withdrawn.is_(False)
            undone = connection.execute(update(reviews).where(standing).values(withdrawn=True))
            if undone.rowcount:
                _record(connection, Act.UNDONE, given)
        return bool(undone.rowcount)


def _lock(connection: Connection, log_id: int) -> None:
    """Have others wait who decide about this upload; SQLite has one writer in any case."""
    connection.execute(select(uploads.c.log_id).where(uploads.c.log_id == log_id).with_for_update())


def _last(connection: Connection, log_id: int, reviewer: str) -> Given | None:
    """Return somebody's last decision about an upload that stands."""
    theirs = (reviews.c.log_id == log_id) & (reviews.c.reviewer == reviewer)
    return _first(connection, theirs & reviews.c.withdrawn.is_(False))


def _first(connection: Connection, wanted: Any) -> Given | None:
    columns = reviews.c["id", "log_id", "outcome", "reviewer", "withdrawn"]
    query = select(*columns).where(_OWN, wanted).order_by(reviews.c.reference.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return Given(**row) if row else None


def _next(connection: Connection, log_id: int) -> int:
    """Return a number that no decision about this upload has yet."""
    newest = select(func.max(reviews.c.reference)).where(_OWN, reviews.c.log_id == log_id)
    return (connection.scalar(newest) or 0) + 1


def _record(connection: Connection, act: Act, given: Given) -> None:
    known = {"actor": given.reviewer, "review_id": given.id, "log_id": given.log_id}
    connection.execute(insert(acts).values(act=act, acted_at=clock(connection), **known))
