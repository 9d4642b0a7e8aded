"""Leases on uploads: claim, then finish in exactly one way.

A claim counts as an attempt, so that a crash counts too. Whoever lets a lease expire has lost it:
every finishing call checks that the lease is still its own, and says so when it is not.
"""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, and_, insert, select, tuple_, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.ledger.engine import reading
from bot.ledger.schema import State, outbox, scores, uploads

LEASE_EXPIRED = "LeaseExpired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A claimed upload."""

    log_id: int
    title: str
    user: str
    sha1: str | None
    uploaded_at: datetime
    attempt: int  # 1 on the first try
    lease: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """The scores of one content by one model version."""

    sha1: str
    model: str
    medium: str
    views: Sequence[dict[str, Any]]
    partial: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """An effect to be had on the wiki, stored together with the verdict that calls for it."""

    kind: str
    page: str
    entry: dict[str, Any]


class Queue:
    """The uploads that still need work."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(self, *, limit: int, lease_s: float, max_attempts: int) -> list[Job]:
        """Lease up to `limit` uploads whose turn it is, the newest first.

        Uploads whose lease ran out `max_attempts` times die here: their input kills its worker.
        """
        now, lease = time.time(), uuid.uuid4().hex
        with self._engine.begin() as connection:
            _end_expired(connection, max_attempts, now)
            turn = (
                select(uploads.c.log_id)
                .where(uploads.c.state == State.WAITING, uploads.c.not_before <= now)
                .order_by(uploads.c.log_id.desc())
                .limit(limit)
            )
            claimed = connection.execute(
                update(uploads)
                .where(uploads.c.log_id.in_(turn))
                .values(
                    state=State.LEASED,
                    lease=lease,
                    lease_until=now + lease_s,
                    attempts=uploads.c.attempts + 1,
                )
                .returning(uploads)
            )
            jobs = [_job(row) for row in claimed.mappings()]
        return sorted(jobs, key=lambda job: job.log_id, reverse=True)

    def renew(self, jobs: Sequence[Job], *, lease_s: float) -> None:
        """Keep the leases of `jobs` for another `lease_s` seconds from now."""
        with self._engine.begin() as connection:
            connection.execute(
                update(uploads).where(_own(jobs)).values(lease_until=time.time() + lease_s)
            )

    def known(self, sha1: str, model: str) -> Scored | None:
        """Return the stored scores of this content by this model version, if there are any."""
        wanted = select(scores).where(scores.c.sha1 == sha1, scores.c.model == model)
        with reading(self._engine) as connection:
            row = connection.execute(wanted).mappings().first()
        if row is None:
            return None
        return Scored(
            sha1=row["sha1"],
            model=row["model"],
            medium=row["medium"],
            views=row["views"],
            partial=row["partial"],
        )

    def finish(self, job: Job, *, verdict: str, scored: Scored, intents: Sequence[Intent]) -> bool:
        """Store scores, verdict and the effects it calls for, in one transaction.

        Returns:
            Whether the lease was still this job's; if not, nothing was stored.
        """
        now = time.time()
        values = {"state": State.SCORED, "verdict": verdict, "finished_at": now, "reason": None}
        with self._engine.begin() as connection:
            if not _settle(connection, job, values):
                return False
            row = {
                "sha1": scored.sha1,
                "model": scored.model,
                "medium": scored.medium,
                "views": list(scored.views),
                "partial": scored.partial,
                "scored_at": now,
            }
            connection.execute(upsert(scores).values(row).on_conflict_do_nothing())
            for intent in intents:
                effect = {"kind": intent.kind, "page": intent.page, "entry": intent.entry}
                connection.execute(
                    insert(outbox).values(log_id=job.log_id, created_at=now, **effect)
                )
        return True

    def skip(self, job: Job, reason: str, detail: str) -> bool:
        """End the upload without a score, for a reason that is no failure."""
        return self._end(job, State.SKIPPED, reason, detail)

    def bury(self, job: Job, error: Exception) -> bool:
        """End the upload as failed for good; a person can look at it and requeue it."""
        return self._end(job, State.DEAD, type(error).__name__, str(error))

    def postpone(self, job: Job, error: Exception, *, pause_s: float, counts: bool = True) -> bool:
        """Give the upload back, to be tried again after a pause.

        With `counts=False` the attempt is taken back: the fault was not this upload's.
        """
        values = {
            "state": State.WAITING,
            "not_before": time.time() + pause_s,
            "attempts": job.attempt if counts else job.attempt - 1,
            "reason": type(error).__name__,
            "detail": str(error),
        }
        with self._engine.begin() as connection:
            return _settle(connection, job, values)

    def release(self, jobs: Sequence[Job]) -> None:
        """Give unfinished uploads back at once and uncounted, as at shutdown."""
        if not jobs:
            return
        with self._engine.begin() as connection:
            connection.execute(
                update(uploads)
                .where(_own(jobs))
                .values(
                    state=State.WAITING,
                    lease=None,
                    lease_until=None,
                    attempts=uploads.c.attempts - 1,
                )
            )

    def _end(self, job: Job, state: State, reason: str, detail: str) -> bool:
        values = {"state": state, "reason": reason, "detail": detail, "finished_at": time.time()}
        with self._engine.begin() as connection:
            return _settle(connection, job, values)


def _own(jobs: Sequence[Job]) -> ColumnElement[bool]:
    """Select the uploads whose lease in force is that of their own job here."""
    held = [(job.log_id, job.lease) for job in jobs]
    return and_(
        uploads.c.state == State.LEASED, tuple_(uploads.c.log_id, uploads.c.lease).in_(held)
    )


def _settle(connection: Connection, job: Job, values: dict[str, Any]) -> bool:
    """Apply `values` if the lease is still this job's."""
    ended = update(uploads).where(_own([job])).values(lease=None, lease_until=None, **values)
    return connection.execute(ended).rowcount == 1


def _end_expired(connection: Connection, max_attempts: int, now: float) -> None:
    """Take back every lease that ran out; the last one allowed ends its upload."""
    expired = update(uploads).where(uploads.c.state == State.LEASED, uploads.c.lease_until < now)
    none = {"lease": None, "lease_until": None}
    dead = {
        "state": State.DEAD,
        "reason": LEASE_EXPIRED,
        "detail": f"the worker vanished {max_attempts} times while it held this file",
        "finished_at": now,
    }
    connection.execute(expired.where(uploads.c.attempts >= max_attempts).values(**none, **dead))
    connection.execute(expired.values(**none, state=State.WAITING))


def _job(row: Any) -> Job:
    return Job(
        log_id=row["log_id"],
        title=row["title"],
        user=row["user"],
        sha1=row["sha1"],
        uploaded_at=datetime.fromtimestamp(row["uploaded_at"], UTC),
        attempt=row["attempts"],
        lease=row["lease"],
    )
