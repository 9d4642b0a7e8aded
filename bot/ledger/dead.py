"""Uploads that failed for good, until a person has them tried again."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Engine, and_, insert, select, true, update

from bot.ledger.dialect import clock, unlocked
from bot.ledger.schema import State, requeues, uploads
from bot.ledger.transactions import reading

AT_ONCE = 500  # requeued in one transaction, so that no worker waits for long


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One dead upload."""

    log_id: int
    title: str
    user: str
    sha1: str | None
    uploaded_at: float  # s since 1970, as the next
    died_at: float
    attempts: int
    crashes: int
    error: str  # its class
    detail: str


_FIELDS = (
    uploads.c.log_id,
    uploads.c.title,
    uploads.c.user,
    uploads.c.sha1,
    uploads.c.uploaded_at,
    uploads.c.finished_at.label("died_at"),
    uploads.c.attempts,
    uploads.c.crashes,
    uploads.c.reason.label("error"),
    uploads.c.detail,
)


class DeadLetters:
    """Lists, shows and requeues them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def list(self, *, limit: int) -> list[DeadLetter]:
        """Return the `limit` newest."""
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(*_FIELDS)
                .where(uploads.c.state == State.DEAD)
                .order_by(uploads.c.log_id.desc())
                .limit(limit)
            )
            return [DeadLetter(**row) for row in rows.mappings()]

    def show(self, log_id: int) -> DeadLetter | None:
        """Return one, or None when that upload is not dead."""
        wanted = select(*_FIELDS).where(uploads.c.log_id == log_id, uploads.c.state == State.DEAD)
        with reading(self._engine) as connection:
            row = connection.execute(wanted).mappings().first()
        return DeadLetter(**row) if row else None

    def requeue(self, log_ids: Collection[int]) -> set[int]:
        """Have these tried anew; return those that were dead."""
        wanted, requeued = sorted(log_ids), set[int]()
        for start in range(0, len(wanted), AT_ONCE):
            some = wanted[start : start + AT_ONCE]
            requeued |= self._requeue_some(uploads.c.log_id.in_(some))
        return requeued

    def requeue_all(self, error: str | None = None) -> int:
        """Have all tried anew that are dead now, or all of one error class; return how many."""
        with reading(self._engine) as connection:
            now = clock(connection)
        # One that dies again while this goes on is left dead, or this might go on for ever.
        wanted = uploads.c.finished_at < now
        kind = uploads.c.reason == error if error else true()
        total = 0
        while some := self._requeue_some(and_(wanted, kind)):
            total += len(some)
        return total

    def _requeue_some(self, wanted: ColumnElement[bool]) -> set[int]:
        """Requeue a batch, and record who died of what after how many attempts."""
        dead = (
            select(uploads.c.log_id, uploads.c.reason.label("error"), uploads.c.attempts)
            .where(uploads.c.state == State.DEAD, wanted)
            .limit(AT_ONCE)
        )
        with self._engine.begin() as connection:
            now = clock(connection)
            found = connection.execute(unlocked(connection, dead)).mappings().all()
            if not found:
                return set()
            log_ids = [row["log_id"] for row in found]
            connection.execute(insert(requeues), [{**row, "requeued_at": now} for row in found])
            connection.execute(
                update(uploads)
                .where(uploads.c.log_id.in_(log_ids), uploads.c.state == State.DEAD)
                .values(
                    state=State.WAITING,
                    attempts=0,
                    crashes=0,
                    failing_since=None,
                    not_before=0.0,
                    reason=None,
                    detail=None,
                    finished_at=None,
                )
            )
        return set(log_ids)
