"""Effects on the wiki that are still to be had, and those that were.

An effect is stored in the transaction of the verdict and marked sent after the wiki has it. A crash
in between repeats the sending, which is why the sender first looks whether the wiki has it already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, RowMapping, Update, insert, select, update

from bot.ledger.dialect import clock
from bot.ledger.schema import edits, outbox
from bot.ledger.settled import settled_here
from bot.ledger.transactions import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One entry that belongs on one page."""

    id: int
    log_id: int
    kind: str
    page: str
    entry: dict[str, Any]
    trouble: str | None = None  # why it was put off last


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An effect that the wiki does not take, with why."""

    id: int
    log_id: int
    kind: str
    page: str
    refused_at: float  # s since 1970
    trouble: str


class Outbox:
    """Effects in the order in which they were decided."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def pending(self, *kinds: str, limit: int) -> list[Effect]:
        """Return the oldest effects of these kinds, or of all, whose turn it is.

        Left out is what people have decided here already, for as long as that stands.
        """
        wanted = select(outbox).where(outbox.c.sent_at.is_(None), outbox.c.refused_at.is_(None))
        wanted = wanted.where(outbox.c.held_at.is_(None), ~settled_here)
        if kinds:
            wanted = wanted.where(outbox.c.kind.in_(kinds))
        with reading(self._engine) as connection:
            due = wanted.where(outbox.c.not_before <= clock(connection)).order_by(outbox.c.id)
            rows = connection.execute(due.limit(limit)).mappings().all()
        return [
            Effect(
                id=row["id"],
                log_id=row["log_id"],
                kind=row["kind"],
                page=row["page"],
                entry=row["entry"],
                trouble=row["trouble"],
            )
            for row in rows
        ]

    def mark_sent(self, effects: Sequence[Effect], mode: str, *, page: str, revision: int) -> None:
        """Note that the wiki has these on `page`, and record the revision that has them."""
        with self._engine.begin() as connection:
            now = clock(connection)
            values = {"sent_at": now, "sent_as": mode, "page": page, "trouble": None}
            marked = connection.execute(_unsent(effects).values(**values))
            if marked.rowcount:
                log_ids = [effect.log_id for effect in effects]
                edit = {"mode": mode, "page": page, "revision": revision, "log_ids": log_ids}
                connection.execute(insert(edits).values(edited_at=now, **edit))

    def note_edit(self, mode: str, *, page: str, revision: int) -> None:
        """Record an edit that brought no entries."""
        edit = {"mode": mode, "page": page, "revision": revision, "log_ids": []}
        with self._engine.begin() as connection:
            connection.execute(insert(edits).values(edited_at=clock(connection), **edit))

    def postpone(self, effects: Sequence[Effect], trouble: str, *, pause_s: float) -> None:
        """Have these tried again after a pause."""
        with self._engine.begin() as connection:
            later = clock(connection) + pause_s
            connection.execute(_unsent(effects).values(not_before=later, trouble=trouble))

    def refuse(self, effects: Sequence[Effect], trouble: str) -> None:
        """Note that the wiki does not take these; a person can have them tried again."""
        with self._engine.begin() as connection:
            now = clock(connection)
            connection.execute(_unsent(effects).values(refused_at=now, trouble=trouble))

    def refused(self, *, limit: int) -> list[Refusal]:
        """Return the newest of those that the wiki does not take."""
        wanted = select(outbox).where(outbox.c.sent_at.is_(None), outbox.c.refused_at.is_not(None))
        with reading(self._engine) as connection:
            rows = connection.execute(wanted.order_by(outbox.c.id.desc()).limit(limit))
            return [_refusal(row) for row in rows.mappings()]

    def try_again(self, ids: Sequence[int] | None = None) -> int:
        """Have refused effects tried again, these or all; return how many."""
        again = update(outbox).where(outbox.c.sent_at.is_(None), outbox.c.refused_at.is_not(None))
        if ids is not None:
            again = again.where(outbox.c.id.in_(ids))
        with self._engine.begin() as connection:
            return connection.execute(again.values(refused_at=None, not_before=0.0)).rowcount


def _unsent(effects: Sequence[Effect]) -> Update:
    ids = [effect.id for effect in effects]
    return update(outbox).where(outbox.c.id.in_(ids), outbox.c.sent_at.is_(None))


def _refusal(row: RowMapping) -> Refusal:
    return Refusal(
        id=row["id"],
        log_id=row["log_id"],
        kind=row["kind"],
        page=row["page"],
        refused_at=row["refused_at"],
        trouble=row["trouble"] or "",
    )
