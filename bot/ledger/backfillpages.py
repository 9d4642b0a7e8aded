"""A page of a backfill's listing: where the listing is then, and the rows that it makes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, and_, select, update

from bot.lanes import guess
from bot.ledger.backfillschema import backfill_copies, backfill_files, backfills
from bot.ledger.dialect import insert_new
from bot.ledger.schema import State


class Phase(StrEnum):
    """Where a backfill stands. The last two are final."""

    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """What was asked for, and how far its listing is."""

    id: int
    source: str
    target: str
    state: str
    token: str | None
    listed: int
    expected: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFile:
    """One file as the wiki lists it."""

    title: str
    user: str
    sha1: str
    uploaded_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """What one page of the listing adds, and where it goes on."""

    listed: int
    hidden: int
    token: str | None


def move(connection: Connection, backfill: Backfill, step: Step, now: float) -> bool:
    """Move the listing on from where `backfill` says it is; return whether it was still there."""
    token_then = backfills.c.token
    as_read = and_(
        backfills.c.id == backfill.id,
        backfills.c.state == Phase.RUNNING,
        backfills.c.listed_at.is_(None),
        backfills.c.listed == backfill.listed,
        token_then.is_(None) if backfill.token is None else token_then == backfill.token,
    )
    moved = update(backfills).where(as_read)
    values = {
        "token": step.token,
        "listed": backfills.c.listed + step.listed,
        "hidden": backfills.c.hidden + step.hidden,
        "listed_at": now if step.token is None else None,
    }
    return connection.execute(moved.values(values)).rowcount == 1


def store(connection: Connection, backfill: int, shard: int, files: Sequence[ListedFile]) -> bool:
    """Insert a row for each new content, and note the copies; tell whether one was new.

    A file may be listed twice, by two categories. It is no copy of itself.
    """
    if not files:
        return False
    insert_new(connection, backfill_files, [_row(backfill, shard, one) for one in files])
    rows = backfill_files.c
    kept = select(rows.title, rows.shard).where(
        rows.backfill == backfill, rows.sha1.in_([one.sha1 for one in files])
    )
    shards = {row.title: row.shard for row in connection.execute(kept)}
    copies = [
        {"backfill": backfill, "title": one.title, "sha1": one.sha1}
        for one in files
        if one.title not in shards
    ]
    if copies:
        insert_new(connection, backfill_copies, copies)
    return shard in shards.values()


def _row(backfill: int, shard: int, file: ListedFile) -> dict[str, object]:
    return {
        "backfill": backfill,
        "shard": shard,
        "title": file.title,
        "user": file.user,
        "sha1": file.sha1,
        "uploaded_at": file.uploaded_at.timestamp(),
        "lane": guess(file.title),
        "state": State.WAITING,
        "attempts": 0,
        "crashes": 0,
        "not_before": 0.0,
    }
