"""The statements by which leases are given, checked, and taken back."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, select, tuple_, update

from bot.lanes import Lane
from bot.ledger.dialect import unlocked
from bot.ledger.records import Job
from bot.ledger.schema import State, uploads

LEASE_EXPIRED = "LeaseExpired"
EXPIRED_AT_ONCE = 1_000  # leases taken back in one claim; the next takes more


def lease_newest(
    connection: Connection, lease: str, lane: Lane | None, *, limit: int, now: float, until: float
) -> Sequence[int]:
    """Put `lease` on up to `limit` uploads of a lane whose turn it is, the newest first.

    Returns:
        The uploads chosen. When the database cannot lock them on choosing, somebody else may have
        been quicker with some.
    """
    turn = (
        select(uploads.c.log_id)
        .where(uploads.c.state == State.WAITING, uploads.c.not_before <= now)
        .order_by(uploads.c.log_id.desc())
        .limit(limit)
    )
    if lane:
        turn = turn.where(uploads.c.lane == lane)
    chosen = connection.scalars(unlocked(connection, turn)).all()
    if chosen:
        connection.execute(
            update(uploads)
            .where(uploads.c.log_id.in_(chosen), uploads.c.state == State.WAITING)
            .values(
                state=State.LEASED,
                lease=lease,
                lease_until=until,
                attempts=uploads.c.attempts + 1,
            )
        )
    return chosen


def take_back_expired(
    connection: Connection, *, max_attempts: int, now: float
) -> Sequence[RowMapping]:
    """Take back leases that ran out; the last one allowed ends its upload.

    Returns:
        The rows of the uploads that ended so.
    """
    ran_out = and_(uploads.c.state == State.LEASED, uploads.c.lease_until < now)
    query = select(uploads).where(ran_out).limit(EXPIRED_AT_ONCE)
    rows = connection.execute(unlocked(connection, query)).mappings().all()
    if not rows:
        return []
    chosen = [row["log_id"] for row in rows]
    expired = update(uploads).where(uploads.c.log_id.in_(chosen), ran_out)
    none = {"lease": None, "lease_until": None}
    dead = {
        "state": State.DEAD,
        "reason": LEASE_EXPIRED,
        "detail": f"the worker vanished {max_attempts} times while it held this file",
        "finished_at": now,
    }
    connection.execute(expired.where(uploads.c.attempts >= max_attempts).values(**none, **dead))
    connection.execute(expired.values(**none, state=State.WAITING))
    return [row for row in rows if row["attempts"] >= max_attempts]


def own(jobs: Sequence[Job]) -> ColumnElement[bool]:
    """Select the uploads whose lease in force is that of their own job here."""
    return and_(
        # MariaDB finds rows by a list of ids, but not by a list of pairs.
        uploads.c.log_id.in_([job.log_id for job in jobs]),
        uploads.c.state == State.LEASED,
        tuple_(uploads.c.log_id, uploads.c.lease).in_([(job.log_id, job.lease) for job in jobs]),
    )


def settle(connection: Connection, job: Job, values: dict[str, Any]) -> bool:
    """Apply `values` if the lease is still this job's."""
    ended = update(uploads).where(own([job])).values(lease=None, lease_until=None, **values)
    return connection.execute(ended).rowcount == 1
