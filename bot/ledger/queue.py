"""Leases on uploads: claim, then finish in exactly one way.

A claim counts as an attempt, so that a crash counts too. Whoever lets a lease expire has lost it:
every finishing call checks that the lease is still its own, and says so when it is not.
"""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from bot.ledger.dialect import clock, insert_new
from bot.ledger.leases import lease_newest, own, settle, take_back_expired
from bot.ledger.records import Decision, Intent, Job, Scored
from bot.ledger.schema import State, decisions, outbox, scores, uploads
from bot.ledger.transactions import reading
from model.errors import WorkerDied

DETAIL_CHARACTERS = 2_000  # kept of an error's message


class Queue:
    """The uploads that still need work."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(self, *, limit: int, lease_s: float, max_attempts: int) -> list[Job]:
        """Lease up to `limit` uploads whose turn it is, the newest first.

        Uploads whose lease ran out `max_attempts` times die here: their input kills its worker.
        """
        lease = uuid.uuid4().hex
        with self._engine.begin() as connection:
            now = clock(connection)
            take_back_expired(connection, max_attempts=max_attempts, now=now)
            until = now + lease_s
            while chosen := lease_newest(connection, lease, limit=limit, now=now, until=until):
                if jobs := _leased(connection, lease, chosen):
                    return jobs
        return []

    def renew(self, jobs: Sequence[Job], *, lease_s: float) -> None:
        """Keep the leases of `jobs` for another `lease_s` seconds from now."""
        with self._engine.begin() as connection:
            until = clock(connection) + lease_s
            connection.execute(update(uploads).where(own(jobs)).values(lease_until=until))

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

    def finish(
        self, job: Job, *, decision: Decision, scored: Scored, intents: Sequence[Intent]
    ) -> bool:
        """Store scores, decision and the effects it calls for, in one transaction.

        Returns:
            Whether the lease was still this job's; if not, nothing was stored.
        """
        values = {"state": State.SCORED, "verdict": decision.verdict, "reason": None}
        with self._engine.begin() as connection:
            now = clock(connection)
            if not settle(connection, job, {**values, "finished_at": now}):
                return False
            row = {
                "sha1": scored.sha1,
                "model": scored.model,
                "medium": scored.medium,
                "views": list(scored.views),
                "partial": scored.partial,
                "scored_at": now,
            }
            insert_new(connection, scores, [row])
            _note(connection, job, decision, scored, now)
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
            "attempts": job.attempt if counts else job.attempt - 1,
            "crashes": job.crashes + isinstance(error, WorkerDied),
            "reason": type(error).__name__,
            "detail": str(error)[:DETAIL_CHARACTERS],
        }
        with self._engine.begin() as connection:
            values["not_before"] = clock(connection) + pause_s
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


def _note(connection: Connection, job: Job, decision: Decision, scored: Scored, now: float) -> None:
    thresholds = dict(decision.thresholds)
    rested_on = {"sha1": scored.sha1, "model": scored.model, "thresholds": thresholds}
    made = {"verdict": decision.verdict, "rule": decision.rule, "confidence": decision.confidence}
    connection.execute(
        insert(decisions).values(log_id=job.log_id, decided_at=now, **made, **rested_on)
    )


def _leased(connection: Connection, lease: str, chosen: Sequence[int]) -> list[Job]:
    """Return those of `chosen` that are under `lease`, the newest first."""
    held = select(uploads).where(uploads.c.log_id.in_(chosen), uploads.c.lease == lease)
    rows = connection.execute(held.order_by(uploads.c.log_id.desc()))
    return [_job(row) for row in rows.mappings()]


def _job(row: Any) -> Job:
    return Job(
        log_id=row["log_id"],
        title=row["title"],
        user=row["user"],
        sha1=row["sha1"],
        uploaded_at=datetime.fromtimestamp(row["uploaded_at"], UTC),
        attempt=row["attempts"],
        lease=row["lease"],
        crashes=row["crashes"],
    )
