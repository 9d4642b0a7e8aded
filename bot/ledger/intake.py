"""From the stream into the ledger: uploads and the cursor that covers them, together."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import Connection, Engine, select, update

from bot.errors import MalformedEvent
from bot.events import Upload
from bot.ledger.dialect import clock, insert_new
from bot.ledger.schema import State, cursors, rejects, uploads
from bot.ledger.transactions import reading

REJECT_CHARACTERS = 10_000  # kept of an event that could not be read

Reject = tuple[MalformedEvent, str]


class Intake:
    """What the stream delivered so far."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def position(self, stream: str) -> int | None:
        """Return the stream time up to which everything is stored, ms since 1970."""
        with reading(self._engine) as connection:
            return connection.scalar(select(cursors.c.position).where(cursors.c.stream == stream))

    def record(
        self,
        stream: str,
        batch: Sequence[Upload],
        position: int | None,
        bad: Sequence[Reject] = (),
    ) -> int:
        """Store uploads and move the cursor in one transaction; return how many were new.

        A repeated event changes nothing, and the cursor never moves back.
        """
        with self._engine.begin() as connection:
            now = clock(connection)
            new = _store(connection, batch, now) if batch else 0
            if bad:
                kept = [_reject(error, event, now) for error, event in bad]
                insert_new(connection, rejects, kept)
            if position is not None:
                _advance(connection, stream, position, now)
        return new


def _store(connection: Connection, batch: Sequence[Upload], now: float) -> int:
    log_ids = {upload.log_id for upload in batch}
    old = connection.scalars(select(uploads.c.log_id).where(uploads.c.log_id.in_(log_ids))).all()
    insert_new(connection, uploads, [_row(upload, now) for upload in batch])
    return len(log_ids) - len(old)


def _advance(connection: Connection, stream: str, position: int, now: float) -> None:
    moved = {"position": position, "moved_at": now}
    insert_new(connection, cursors, [{"stream": stream, **moved}])
    behind = (cursors.c.stream == stream) & (cursors.c.position < position)
    connection.execute(update(cursors).where(behind).values(moved))


def _row(upload: Upload, now: float) -> dict[str, object]:
    return {
        "log_id": upload.log_id,
        "action": upload.action,
        "title": upload.title,
        "user": upload.user,
        "by_bot": upload.by_bot,
        "sha1": upload.sha1,
        "uploaded_at": upload.uploaded_at.timestamp(),
        "seen_at": now,
        "state": State.WAITING,
    }


def _reject(error: MalformedEvent, event: str, now: float) -> dict[str, object]:
    return {
        "digest": hashlib.sha256(event.encode()).hexdigest(),
        "seen_at": now,
        "error": str(error),
        "event": event[:REJECT_CHARACTERS],
    }
