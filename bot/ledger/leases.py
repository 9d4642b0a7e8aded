"""The statements by which leases are given, checked, and taken back.

The table is that of the uploads, or that of a backfill's files, which has the same columns for
this. A job's `log_id` is the row's key in either.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    RowMapping,
    Table,
    and_,
    select,
    tuple_,
    update,
)

from bot.lanes import Lane
from bot.ledger.dialect import unlocked
from bot.ledger.records import Job
from bot.ledger.schema import State, uploads

LEASE_EXPIRED = "LeaseExpired"
EXPIRED_AT_ONCE = 1_000  # leases taken back in one claim; the next takes more


def key_of(table: Table) -> Column[Any]:
    """Return the column by which a row is known; what is newer has a higher one."""
    return table.primary_key.columns[0]


def lease_newest(
    connection: Connection,
    lease: str,
    lane: Lane | None,
    *,
    limit: int,
    now: float,
    until: float,
    table: Table = uploads,
    within: ColumnElement[bool] | None = None,
) -> Sequence[int]:
    """Put `lease` on up to `limit` uploads of a lane whose turn it is, the newest first.

    Only those `within` a condition, if there is one.

    Returns:
        The uploads chosen. When the database cannot lock them on choosing, somebody else may have
        been quicker with some.
    """
    key = key_of(table)
    turn = (
        select(key)
        .where(table.c.state == State.WAITING, table.c.not_before <= now)
        .order_by(key.desc())
        .limit(limit)
    )
    if lane:
        turn = turn.where(table.c.lane == lane)
    if within is not None:
        turn = turn.where(within)
    chosen = connection.scalars(unlocked(connection, turn)).all()
    if chosen:
        connection.execute(
            update(table)
            .where(key.in_(chosen), table.c.state == State.WAITING)
            .values(
                state=State.LEASED,
                lease=lease,
                lease_until=until,
                attempts=table.c.attempts + 1,
            )
        )
    return chosen


def take_back_expired(
    connection: Connection, *, max_attempts: int, now: float, table: Table = uploads
) -> Sequence[RowMapping]:
    """Take back leases that ran out; the last one allowed ends its upload.

    Returns:
        The rows of the uploads that ended so.
    """
    key = key_of(table)
    ran_out = and_(table.c.state == State.LEASED, table.c.lease_until < now)
    query = select(table).where(ran_out).limit(EXPIRED_AT_ONCE)
    rows = connection.execute(unlocked(connection, query)).mappings().all()
    if not rows:
        return []
    chosen = [row[key.name] for row in rows]
    expired = update(table).where(key.in_(chosen), ran_out)
    none = {"lease": None, "lease_until": None}
    dead = {
        "state": State.DEAD,
        "reason": LEASE_EXPIRED,
        "detail": f"the worker vanished {max_attempts} times while it held this file",
        "finished_at": now,
    }
    connection.execute(expired.where(table.c.attempts >= max_attempts).values(**none, **dead))
    connection.execute(expired.values(**none, state=State.WAITING))
    return [row for row in rows if row["attempts"] >= max_attempts]


def own(jobs: Sequence[Job], table: Table = uploads) -> ColumnElement[bool]:
    """Select the uploads whose lease in force is that of their own job here."""
    key = key_of(table)
    return and_(
        # MariaDB finds rows by a list of ids, but not by a list of pairs.
        key.in_([job.log_id for job in jobs]),
        table.c.state == State.LEASED,
        tuple_(key, table.c.lease).in_([(job.log_id, job.lease) for job in jobs]),
    )


def settle(
    connection: Connection, job: Job, values: dict[str, Any], table: Table = uploads
) -> bool:
    """Apply `values` if the lease is still this job's."""
    ended = update(table).where(own([job], table)).values(lease=None, lease_until=None, **values)
    return connection.execute(ended).rowcount == 1
