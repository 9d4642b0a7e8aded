"""Leases on uploads: claim, then finish in exactly one way.

A claim counts as an attempt, so that a crash counts too. Whoever lets a lease expire has lost it:
every finishing call checks that the lease is still its own, and says so when it is not.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    Table,
    bindparam,
    func,
    select,
    update,
)

from bot.lanes import Lane
from bot.ledger import finishing
from bot.ledger.dialect import clock
from bot.ledger.leases import (
    LEASE_EXPIRED,
    key_of,
    lease_newest,
    own,
    settle,
    take_back_expired,
)
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
    """The uploads that still need work.

    Args:
        engine: The database.
        table: The rows that wait, those of the uploads or ones like them; see `bot.ledger.leases`.
        within: Which of them, None for all.
    """

    def __init__(
        self,
        engine: Engine,
        table: Table = uploads,
        within: ColumnElement[bool] | None = None,
    ) -> None:
        self._engine = engine
        self._table = table
        self._within = within

    def claim(
        self, *, limit: int, lease_s: float, max_attempts: int, lane: Lane | None = None
    ) -> list[Job]:
        """Lease up to `limit` uploads of a lane (None: any) whose turn it is, the newest first.

        Uploads whose lease ran out `max_attempts` times die here: their input kills its worker.
        """
        lease = uuid.uuid4().hex
        with self._engine.begin() as connection:
            now = clock(connection)
            ended = take_back_expired(
                connection, max_attempts=max_attempts, now=now, table=self._table
            )
            jobs = self._lease(connection, lease, lane, limit=limit, now=now, until=now + lease_s)
        for row in ended:
            _say_it_ended(row, row[key_of(self._table).name], now)
        return jobs

    def renew(self, jobs: Sequence[Job], *, lease_s: float) -> None:
        """Keep the leases of `jobs` for another `lease_s` seconds from now."""
        with self._engine.begin() as connection:
            until = clock(connection) + lease_s
            renewed = update(self._table).where(own(jobs, self._table))
            connection.execute(renewed.values(lease_until=until))

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
                values["failing_since"] = func.coalesce(self._table.c.failing_since, now)
            return settle(connection, job, values, self._table)

    def hand_over(self, job: Job, lane: Lane) -> bool:
        """Give the upload, uncounted, to the workers of another lane."""
        values = {"state": State.WAITING, "lane": lane, "attempts": job.attempt - 1}
        with self._engine.begin() as connection:
            return settle(connection, job, values, self._table)

    def release(self, jobs: Sequence[Job]) -> None:
        """Give unfinished uploads back at once and uncounted, as at shutdown."""
        if not jobs:
            return
        with self._engine.begin() as connection:
            connection.execute(
                update(self._table)
                .where(own(jobs, self._table))
                .values(
                    state=State.WAITING,
                    lease=None,
                    lease_until=None,
                    attempts=self._table.c.attempts - 1,
                )
            )

    def _end(self, job: Job, state: State, reason: str, detail: str) -> bool:
        ended: dict[str, Any] = {"state": state, "reason": reason}
        ended["detail"] = detail[:DETAIL_CHARACTERS]
        with self._engine.begin() as connection:
            ended["finished_at"] = clock(connection)
            return settle(connection, job, ended, self._table)

    def _lease(
        self,
        connection: Connection,
        lease: str,
        lane: Lane | None,
        *,
        limit: int,
        now: float,
        until: float,
    ) -> list[Job]:
        where: Any = {"table": self._table, "within": self._within}
        while chosen := lease_newest(
            connection, lease, lane, limit=limit, now=now, until=until, **where
        ):
            if jobs := self._leased(connection, lease, chosen, now):
                return jobs
        return []

    def _leased(
        self, connection: Connection, lease: str, chosen: Sequence[int], now: float
    ) -> list[Job]:
        """Return those of `chosen` that are under `lease`, the newest first."""
        key = key_of(self._table)
        held = select(self._table).where(key.in_(chosen), self._table.c.lease == lease)
        rows = connection.execute(held.order_by(key.desc()))
        return [_job(row, row[key.name], now) for row in rows.mappings()]


def _say_it_ended(row: RowMapping, key: int, now: float) -> None:
    """Log the last word on an upload whose workers vanished; see `bot.settling` for the others."""
    log.warning(
        "upload.dead",
        key=key,
        title=row["title"],
        attempts=row["attempts"],
        crashes=row["crashes"],
        age_s=round(now - row["uploaded_at"], 1),
        took_s=None,
        kind=LEASE_EXPIRED,
        error="its worker vanished each time",
    )


def _scored(row: Any) -> Scored:
    return Scored(
        sha1=row["sha1"],
        model=row["model"],
        medium=row["medium"],
        views=row["views"],
        partial=row["partial"],
    )


def _job(row: Any, key: int, now: float) -> Job:
    return Job(
        log_id=key,
        title=row["title"],
        user=row["user"],
        sha1=row["sha1"],
        uploaded_at=datetime.fromtimestamp(row["uploaded_at"], UTC),
        attempt=row["attempts"],
        lease=row["lease"],
        crashes=row["crashes"],
        failing_s=now - (row["failing_since"] or now),
    )
