"""What was decided and what was edited, for statistics. Written by the queue and the outbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, RowMapping, select

from bot.ledger.schema import acts, decisions, edits, uploads
from bot.ledger.transactions import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDecision:
    """One verdict, with what it rested on."""

    log_id: int
    decided_at: float  # s since 1970
    verdict: str
    rule: str | None  # the first that applied
    confidence: float | None  # what its labels added up to
    thresholds: Mapping[str, float]  # in force then, by rule
    sha1: str
    model: str
    hits: Sequence[Mapping[str, Any]] | None = None  # None: from before these were recorded
    facts: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastEdit:
    """One revision of a page, with the uploads whose entries it brought or was found to hold."""

    edited_at: float  # s since 1970
    mode: str
    page: str
    revision: int
    log_ids: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAct:
    """What somebody did at the dashboard."""

    acted_at: float  # s since 1970
    actor: str
    act: str  # decided or undone
    review_id: int
    log_id: int


class History:
    """Reads the record. Times are seconds since 1970; `until` itself is not within."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def decisions(self, since: float, until: float, *, limit: int) -> list[PastDecision]:
        """Return the first `limit` decisions of a span of time, in their order."""
        moment = decisions.c.decided_at
        query = select(decisions).where(moment >= since, moment < until)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(moment, decisions.c.id).limit(limit))
            return [PastDecision(**_fields(row)) for row in rows.mappings()]

    def edits(self, since: float, until: float, *, limit: int) -> list[PastEdit]:
        """Return the first `limit` edits of a span of time, in their order."""
        moment = edits.c.edited_at
        query = select(edits).where(moment >= since, moment < until)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(moment, edits.c.id).limit(limit))
            return [PastEdit(**_fields(row)) for row in rows.mappings()]

    def acts(self, since: float, until: float, *, limit: int) -> list[PastAct]:
        """Return the first `limit` acts of a span of time, in their order."""
        moment = acts.c.acted_at
        query = select(acts).where(moment >= since, moment < until)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(moment, acts.c.id).limit(limit))
            return [PastAct(**_fields(row)) for row in rows.mappings()]

    def suggested_of(self, user: str, before: int, *, limit: int) -> list[int]:
        """Return a user's newest uploads before one that were suggested for review."""
        theirs = (uploads.c.user == user) & (uploads.c.verdict == "review")
        query = select(uploads.c.log_id).where(theirs, uploads.c.log_id < before)
        with reading(self._engine) as connection:
            newest = query.order_by(uploads.c.log_id.desc()).limit(limit)
            return list(connection.scalars(newest))

    def last_edit(self, page: str, mode: str) -> PastEdit | None:
        """Return the last edit of a page, if there was any."""
        query = select(edits).where(edits.c.page == page, edits.c.mode == mode)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(edits.c.id.desc()).limit(1)).mappings()
            return next((PastEdit(**_fields(row)) for row in rows), None)


def _fields(row: RowMapping) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "id"}
