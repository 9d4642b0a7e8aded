"""Effects on the wiki that are still to be had, and those that were.

An effect is stored in the transaction of the verdict and marked sent after the wiki has it. A crash
in between repeats the sending, which is why the sender first looks whether the wiki has it already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, insert, select, update

from bot.ledger.dialect import clock
from bot.ledger.schema import edits, outbox
from bot.ledger.transactions import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One entry that belongs on one page."""

    id: int
    log_id: int
    kind: str
    page: str
    entry: dict[str, Any]


class Outbox:
    """Effects in the order in which they were decided."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def pending(self, *, limit: int) -> list[Effect]:
        """Return the oldest effects that are not on the wiki yet."""
        wanted = select(outbox).where(outbox.c.sent_at.is_(None)).order_by(outbox.c.id)
        wanted = wanted.where(outbox.c.held_at.is_(None))
        with reading(self._engine) as connection:
            rows = connection.execute(wanted.limit(limit)).mappings().all()
        return [
            Effect(
                id=row["id"],
                log_id=row["log_id"],
                kind=row["kind"],
                page=row["page"],
                entry=row["entry"],
            )
            for row in rows
        ]

    def mark_sent(self, effects: Sequence[Effect], mode: str, *, page: str, revision: int) -> None:
        """Note that the wiki has these on `page`, and record the revision that has them."""
        with self._engine.begin() as connection:
            now = clock(connection)
            marked = connection.execute(
                update(outbox)
                .where(outbox.c.id.in_([effect.id for effect in effects]))
                .where(outbox.c.sent_at.is_(None))
                .values(sent_at=now, sent_as=mode)
            )
            if marked.rowcount:
                log_ids = [effect.log_id for effect in effects]
                edit = {"mode": mode, "page": page, "revision": revision, "log_ids": log_ids}
                connection.execute(insert(edits).values(edited_at=now, **edit))
