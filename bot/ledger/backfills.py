"""Backfills: which files a person wants looked at, how far that is, and which shards are open.

The listing's token is stored in the transaction of what it listed, so that SIGKILL costs one page
read twice. A shard is open until none of its files is left to do; who works on it is no matter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    RowMapping,
    and_,
    exists,
    func,
    insert,
    not_,
    select,
    update,
)

from bot.ledger.backfillpages import Backfill, ListedFile, Phase, Step, move, store
from bot.ledger.backfillreport import UNDONE, OldFlag, Progress, flags, progress, unsuggested
from bot.ledger.backfillschema import backfill_files, backfill_shards, backfills
from bot.ledger.dialect import clock, unlocked
from bot.ledger.schema import State, uploads
from bot.ledger.shardqueue import ShardQueue
from bot.ledger.transactions import reading

CHANGES: Final[Mapping[Phase, tuple[Phase, ...]]] = {
    Phase.RUNNING: (Phase.PAUSED,),
    Phase.PAUSED: (Phase.RUNNING,),
    Phase.CANCELLED: (Phase.RUNNING, Phase.PAUSED),
}


class Backfills:
    """All backfills there are."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def make(self, source: str, target: str, expected: int | None, token: str | None = None) -> int:
        """Note what is wanted, and where the listing begins; return its number."""
        values = {"source": source, "target": target, "expected": expected, "token": token}
        with self._engine.begin() as connection:
            made = insert(backfills).values(
                state=Phase.RUNNING, made_at=clock(connection), **values
            )
            return _key(connection.execute(made))

    def change(self, number: int, phase: Phase) -> bool:
        """Pause, resume or cancel; return whether that was possible."""
        with self._engine.begin() as connection:
            values = {"state": phase}
            if phase is Phase.CANCELLED:
                values["ended_at"] = clock(connection)  # type: ignore[assignment]
            possible = backfills.c.state.in_(CHANGES[phase])
            changed = update(backfills).where(backfills.c.id == number, possible).values(values)
            return connection.execute(changed).rowcount == 1

    def running(self) -> list[Backfill]:
        """Return those that are neither paused nor over, the oldest first."""
        wanted = select(backfills).where(backfills.c.state == Phase.RUNNING)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted.order_by(backfills.c.id)).mappings().all()
        return [_backfill(row) for row in rows]

    def to_list(self, backfill: int, *, ahead: int) -> bool:
        """Tell whether more is to be listed: fewer shards than that are open, and it goes on."""
        count = select(func.count()).select_from(backfill_shards)
        of_it = and_(backfill_shards.c.backfill == backfill, backfill_shards.c.closed_at.is_(None))
        listing = select(backfills.c.listed_at).where(backfills.c.id == backfill)
        with reading(self._engine) as connection:
            if connection.scalar(listing) is not None:
                return False
            return (connection.scalar(count.where(of_it)) or 0) < ahead

    def add(
        self,
        backfill: Backfill,
        files: Sequence[ListedFile],
        *,
        hidden: int,
        token: str | None,
    ) -> int | None:
        """Store one page of the listing as a shard, and where the listing goes on.

        Args:
            backfill: As it was when the page was read. If somebody else has read on meanwhile,
                nothing is stored.
            files: What the page holds.
            hidden: How many more it holds that have no sha1.
            token: Where it goes on; None at its end.

        Returns:
            The shard; None when no file is left to do, or nothing was stored.
        """
        with self._engine.begin() as connection:
            now = clock(connection)
            if not move(connection, backfill, Step(len(files) + hidden, hidden, token), now):
                return None
            made = insert(backfill_shards).values(backfill=backfill.id, dispatched_at=0.0)
            shard = _key(connection.execute(made))
            new = store(connection, backfill.id, shard, files)
            if not new:
                closed = update(backfill_shards).where(backfill_shards.c.id == shard)
                connection.execute(closed.values(closed_at=now))
            return shard if new else None

    def take_shard(self, *, again_s: float) -> int | None:
        """Return an open shard that was not handed out within `again_s`, None when there is none.

        It counts as handed out from now on. What has nothing left to do is closed on the way. The
        oldest backfill goes first.
        """
        with self._engine.begin() as connection:
            now = clock(connection)
            turn = (
                select(backfill_shards.c.id)
                .join(backfills, backfills.c.id == backfill_shards.c.backfill)
                .where(
                    backfills.c.state == Phase.RUNNING,
                    backfill_shards.c.closed_at.is_(None),
                    backfill_shards.c.dispatched_at <= now - again_s,
                )
                .order_by(backfill_shards.c.id)
                .limit(1)
            )
            while (shard := connection.scalar(unlocked(connection, turn))) is not None:
                one = update(backfill_shards).where(backfill_shards.c.id == shard)
                if _left(connection, shard):
                    connection.execute(one.values(dispatched_at=now))
                    return int(shard)
                connection.execute(one.values(closed_at=now))
        return None

    def keep_shard(self, shard: int) -> None:
        """Have an open shard count as handed out just now: whoever works on it lives."""
        with self._engine.begin() as connection:
            kept = update(backfill_shards).where(
                backfill_shards.c.id == shard, backfill_shards.c.closed_at.is_(None)
            )
            connection.execute(kept.values(dispatched_at=clock(connection)))

    def close_shard(self, shard: int) -> bool:
        """Close a shard if nothing of it is left to do, and its backfill if that was the last."""
        with self._engine.begin() as connection:
            if _left(connection, shard):
                return False
            now = clock(connection)
            open_one = and_(backfill_shards.c.id == shard, backfill_shards.c.closed_at.is_(None))
            connection.execute(update(backfill_shards).where(open_one).values(closed_at=now))
            return True

    def end_finished(self) -> list[int]:
        """Mark what is listed and looked at as done; return the numbers."""
        open_shard = exists().where(
            backfill_shards.c.backfill == backfills.c.id, backfill_shards.c.closed_at.is_(None)
        )
        over = and_(
            backfills.c.state == Phase.RUNNING, backfills.c.listed_at.is_not(None), not_(open_shard)
        )
        with self._engine.begin() as connection:
            numbers = list(connection.scalars(select(backfills.c.id).where(over)))
            ended = update(backfills).where(backfills.c.id.in_(numbers), over)
            connection.execute(ended.values(state=Phase.DONE, ended_at=clock(connection)))
        return numbers

    def is_running(self, shard: int) -> bool:
        """Tell whether a shard may be worked on: its backfill is neither paused nor over."""
        wanted = (
            select(backfills.c.state)
            .join(backfill_shards, backfills.c.id == backfill_shards.c.backfill)
            .where(backfill_shards.c.id == shard)
        )
        with reading(self._engine) as connection:
            return connection.scalar(wanted) == Phase.RUNNING

    def open_shards(self) -> int:
        """Return how many shards of running backfills are open."""
        wanted = (
            select(func.count())
            .select_from(backfill_shards)
            .join(backfills, backfills.c.id == backfill_shards.c.backfill)
            .where(backfills.c.state == Phase.RUNNING, backfill_shards.c.closed_at.is_(None))
        )
        with reading(self._engine) as connection:
            return connection.scalar(wanted) or 0

    def queue(self, shard: int) -> ShardQueue:
        """Return the queue of one shard's files."""
        return ShardQueue(self._engine, shard)

    def flags(self, number: int) -> list[OldFlag]:
        """Return what one backfill found to suggest, the surest first."""
        with reading(self._engine) as connection:
            return flags(connection, number)

    def unsuggested(self, *, limit: int) -> list[OldFlag]:
        """Return suggestions of any backfill that were not handed to the bot yet."""
        with reading(self._engine) as connection:
            return unsuggested(connection, limit)

    def mark_suggested(self, file: int) -> None:
        """Note that a file was handed to the bot."""
        with self._engine.begin() as connection:
            handed = update(backfill_files).where(backfill_files.c.id == file)
            connection.execute(handed.values(suggested_at=clock(connection)))

    def progress(self, number: int | None = None) -> list[Progress]:
        """Return how far one backfill is, or each; the newest first."""
        with reading(self._engine) as connection:
            return progress(connection, clock(connection), number)

    def live_waits_s(self) -> float:
        """Return for how long the oldest upload that could be worked on has been waiting, in s."""
        with reading(self._engine) as connection:
            now = clock(connection)
            due = and_(uploads.c.state == State.WAITING, uploads.c.not_before <= now)
            oldest = connection.scalar(select(func.min(uploads.c.seen_at)).where(due))
        return 0.0 if oldest is None else max(0.0, now - oldest)


def _backfill(row: RowMapping) -> Backfill:
    return Backfill(**{field.name: row[field.name] for field in fields(Backfill)})


def _left(connection: Connection, shard: int) -> bool:
    wanted = select(backfill_files.c.id).where(
        backfill_files.c.shard == shard, backfill_files.c.state.in_(UNDONE)
    )
    return connection.scalar(wanted.limit(1)) is not None


def _key(result: CursorResult[Any]) -> int:
    (key,) = result.inserted_primary_key or (0,)
    return int(key)
