"""No more a day than the settings allow: what exceeds it is held in the outbox, and none is lost.

Counted from what the ledger records, so that a restart forgets nothing. A day is one of UTC by the
ledger's clock. An upload counts as one flag on the day of its first effect, however many it has.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Engine, Row, exists, func, select, update

from bot.ledger.days import DAY_S
from bot.ledger.dialect import clock
from bot.ledger.outbox import Effect, Outbox
from bot.ledger.schema import edits, outbox
from bot.ledger.settled import settled_here
from bot.ledger.transactions import reading

log = structlog.get_logger(__name__)

AT_ONCE: Final = 500  # uploads held or let go in one statement
_other: Final = outbox.alias()  # effects of the same upload


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What went out since midnight UTC, and what is held."""

    edits: int
    flags: int
    held: int  # uploads


class Ration:
    """Reads what is spent."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def spent(self) -> Spent:
        """Count."""
        with reading(self._engine) as connection:
            start = _midnight(connection)
            held = select(func.count(outbox.c.log_id.distinct())).where(
                outbox.c.held_at.is_not(None), outbox.c.sent_at.is_(None), ~settled_here
            )
            return Spent(
                edits=_edits_since(connection, start),
                flags=_flags_since(connection, start),
                held=connection.scalar(held) or 0,
            )


class RationedOutbox(Outbox):
    """An outbox that gives out what the day's quotas allow, what weighs most first.

    For the one sender there is: two would each spend the whole quota.
    """

    def __init__(self, engine: Engine, *, edits_per_day: int, flags_per_day: int) -> None:
        super().__init__(engine)
        self._edits_per_day = edits_per_day
        self._flags_per_day = flags_per_day
        self._last: int | None = None  # the newest effect that was weighed
        self._holding = False

    def pending(self, *kinds: str, limit: int) -> list[Effect]:
        """Return the oldest effects that may go out now."""
        edits_left = self._weigh()
        effects = super().pending(*kinds, limit=limit)
        known = [effect for effect in effects if self._last and effect.id <= self._last]
        return _of_pages(known, max(0, edits_left))

    def _weigh(self) -> int:
        """Hold what exceeds the day's flags, let go what no longer does; return the edits left."""
        with reading(self._engine) as connection:
            start = _midnight(connection)
            edits_left = self._edits_per_day - _edits_since(connection, start)
            flags_left = max(0, self._flags_per_day - _flags_since(connection, start))
            self._last = connection.scalar(select(func.max(outbox.c.id)))
            waiting = _not_begun(connection)
        free, excess = waiting[:flags_left], waiting[flags_left:]
        self._mark([row.log_id for row in free if row.held], held=False)
        self._mark([row.log_id for row in excess if not row.held], held=True)
        self._say(held=len(excess), edits_left=edits_left)
        return edits_left

    def _mark(self, log_ids: Sequence[int], *, held: bool) -> None:
        for start in range(0, len(log_ids), AT_ONCE):
            some = outbox.c.log_id.in_(log_ids[start : start + AT_ONCE])
            with self._engine.begin() as connection:
                moment = clock(connection) if held else None
                unsent = update(outbox).where(some, outbox.c.sent_at.is_(None))
                connection.execute(unsent.values(held_at=moment))

    def _say(self, *, held: int, edits_left: int) -> None:
        """Log when holding begins and when it ends."""
        holding = held > 0 or edits_left <= 0
        if holding == self._holding:
            return
        self._holding = holding
        if holding:
            log.warning("publish.held", uploads=held, edits_left=max(0, edits_left))
        else:
            log.info("publish.let-go")


def _midnight(connection: Connection) -> float:
    now = clock(connection)
    return now - now % DAY_S


def _edits_since(connection: Connection, start: float) -> int:
    made = select(func.count()).select_from(edits).where(edits.c.edited_at >= start)
    return connection.scalar(made) or 0


def _flags_since(connection: Connection, start: float) -> int:
    earlier = exists().where(_other.c.log_id == outbox.c.log_id, _other.c.sent_at < start)
    begun = select(func.count(outbox.c.log_id.distinct())).where(
        outbox.c.sent_at >= start, ~earlier
    )
    return connection.scalar(begun) or 0


def _not_begun(connection: Connection) -> Sequence[Row[Any]]:
    """Return the uploads none of whose effects went out, what weighs most first."""
    begun = exists().where(_other.c.log_id == outbox.c.log_id, _other.c.sent_at.is_not(None))
    rows = (
        select(outbox.c.log_id, func.count(outbox.c.held_at).label("held"))
        .where(outbox.c.sent_at.is_(None), outbox.c.refused_at.is_(None), ~begun, ~settled_here)
        .group_by(outbox.c.log_id)
        .order_by(func.max(outbox.c.weight).desc(), outbox.c.log_id.desc())
    )
    return connection.execute(rows).all()


def _of_pages(effects: Collection[Effect], count: int) -> list[Effect]:
    """Return the effects on the first `count` pages among theirs: an edit goes to one page."""
    pages = list(dict.fromkeys(effect.page for effect in effects))[:count]
    return [effect for effect in effects if effect.page in pages]
