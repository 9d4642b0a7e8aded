"""Leases on uploads: claim, then finish in exactly one way.

A claim counts as an attempt, so that a crash counts too. Whoever lets a lease expire has lost it:
every finishing call checks that the lease is still its own, and says so when it is not.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Engine, RowMapping, bindparam, func, select, update

from bot.lanes import Lane
from bot.ledger import finishing
from bot.ledger.dialect import clock
from bot.ledger.leases import LEASE_EXPIRED, lease_newest, own, settle, take_back_expired
from bot.ledger.records import Decision, Intent, Job, Outcome, Scored
from bot.ledger.schema import State, scores, uploads
from bot.ledger.transactions import reading
from model.errors import WorkerDied

log = structlog.get_logger(__name__)

DETAIL_CHARACTERS = 2_000  # kept of an error's message
_KNOWN: Final = select(scores).where(
    scores.c.sha1.in_(bindparam("sha1s", expanding=True)), scores.c.model == bindparam("version")
)


class Queue:
    """The uploads that still need work."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(
        self, *, limit: int, lease_s: float, max_attempts: int, lane: Lane | None = None
    ) -> list[Job]:
        """Lease up to `limit` uploads of a lane (None: any) whose turn it is, the newest first.

        Uploads whose lease ran out `max_attempts` times die here: their input kills its worker.
        """
        lease = uuid.uuid4().hex
        with self._engine.begin() as connection:
            now = clock(connection)
            ended = take_back_expired(connection, max_attempts=max_attempts, now=now)
            jobs = _claim(connection, lease, lane, limit=limit, now=now, until=now + lease_s)
        for row in ended:
            _say_it_ended(row, now)
        return jobs

    def renew(self, jobs: Sequence[Job], *, lease_s: float) -> None:
        """Keep the leases of `jobs` for another `lease_s` seconds from now."""
        with self._engine.begin() as connection:
            until = clock(connection) + lease_s
            connection.execute(update(uploads).where(own(jobs)).values(lease_until=until))

    def known(self, sha1s: Collection[str], model: str) -> dict[str, Scored]:
        """Return the stored scores of these contents by this model version, as far as there are."""
        with reading(self._engine) as connection:
            rows = connection.execute(_KNOWN, {"sha1s": list(sha1s), "version": model})
            found = rows.mappings().all()
        return {row["sha1"]: _scored(row) for row in found}

    def finish(
        self, job: Job, *, decision: Decision, scored: Scored, intents: Sequence[Intent]
    ) -> bool:
        """Finish one upload as `finish_all` does; return whether the lease was still this job's."""
        outcome = Outcome(job=job, decision=decision, scored=scored, intents=intents)
        return job.log_id in self.finish_all([outcome])

    def finish_all(self, outcomes: Sequence[Outcome]) -> set[int]:
        """Store scores, decisions and the effects they call for, in one transaction.

        Returns:
            The uploads whose lease was still their job's; of the others nothing was stored.
        """
        with self._engine.begin() as connection:
            return finishing.finish(connection, outcomes, clock(connection))

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
        values: dict[str, Any] = {
            "state": State.WAITING,
            "attempts": job.attempt if counts else job.attempt - 1,
            "crashes": job.crashes + isinstance(error, WorkerDied),
            "reason": type(error).__name__,
            "detail": str(error)[:DETAIL_CHARACTERS],
        }
        with self._engine.begin() as connection:
            now = clock(connection)
            values["not_before"] = now + pause_s
            if counts:
                values["failing_since"] = func.coalesce(uploads.c.failing_since, now)
            return settle(connection, job, values)

    def hand_over(self, job: Job, lane: Lane) -> bool:
        """Give the upload, uncounted, to the workers of another lane."""
        values = {"state": State.WAITING, "lane": lane, "attempts": job.attempt - 1}
        with self._engine.begin() as connection:
            return settle(connection, job, values)

    def release(self, jobs: Sequence[Job]) -> None:
        """Give unfinished uploads back at once and uncounted, as at shutdown."""
        if not jobs:
            return
        with self._engine.begin() as connection:
            connection.execute(
                update(uploads)
                .where(own(jobs))
                .values(
                    state=State.WAITING,
                    lease=None,
                    lease_until=None,
                    attempts=uploads.c.attempts - 1,
                )
            )

    def _end(self, job: Job, state: State, reason: str, detail: str) -> bool:
        values = {"state": state, "reason": reason, "detail": detail[:DETAIL_CHARACTERS]}
        with self._engine.begin() as connection:
            return settle(connection, job, {**values, "finished_at": clock(connection)})


def _claim(
    connection: Connection, lease: str, lane: Lane | None, *, limit: int, now: float, until: float
) -> list[Job]:
    while chosen := lease_newest(connection, lease, lane, limit=limit, now=now, until=until):
        if jobs := _leased(connection, lease, chosen, now):
            return jobs
    return []


def _say_it_ended(row: RowMapping, now: float) -> None:
    """Log the last word on an upload whose workers vanished; see `bot.settling` for the others."""
    log.warning(
        "upload.dead",
        key=row["log_id"],
        title=row["title"],
        attempts=row["attempts"],
        crashes=row["crashes"],
        age_s=round(now - row["uploaded_at"], 1),
        took_s=None,
        kind=LEASE_EXPIRED,
        error="its worker vanished each time",
    )


def _leased(connection: Connection, lease: str, chosen: Sequence[int], now: float) -> list[Job]:
    """Return those of `chosen` that are under `lease`, the newest first."""
    held = select(uploads).where(uploads.c.log_id.in_(chosen), uploads.c.lease == lease)
    rows = connection.execute(held.order_by(uploads.c.log_id.desc()))
    return [_job(row, now) for row in rows.mappings()]


def _scored(row: Any) -> Scored:
    return Scored(
        sha1=row["sha1"],
        model=row["model"],
        medium=row["medium"],
        views=row["views"],
        partial=row["partial"],
    )


def _job(row: Any, now: float) -> Job:
    return Job(
        log_id=row["log_id"],
        title=row["title"],
        user=row["user"],
        sha1=row["sha1"],
        uploaded_at=datetime.fromtimestamp(row["uploaded_at"], UTC),
        attempt=row["attempts"],
        lease=row["lease"],
        crashes=row["crashes"],
        failing_s=now - (row["failing_since"] or now),
    )
