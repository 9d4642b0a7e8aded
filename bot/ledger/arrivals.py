"""Uploads and unreadable events as rows, whether the stream brought them or the wiki's log."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import Connection, select

from bot.errors import MalformedEvent
from bot.events import Upload
from bot.lanes import guess
from bot.ledger.dialect import insert_new
from bot.ledger.schema import State, rejects, uploads

REJECT_CHARACTERS = 10_000  # kept of an event that could not be read

Reject = tuple[MalformedEvent, str]


def store(
    connection: Connection, batch: Sequence[Upload], bad: Sequence[Reject], now: float
) -> int:
    """Insert what is not there yet; return how many uploads were new."""
    if bad:
        insert_new(connection, rejects, [_reject(error, event, now) for error, event in bad])
    return _store_uploads(connection, batch, now) if batch else 0


def _store_uploads(connection: Connection, batch: Sequence[Upload], now: float) -> int:
    log_ids = {upload.log_id for upload in batch}
    old = connection.scalars(select(uploads.c.log_id).where(uploads.c.log_id.in_(log_ids))).all()
    insert_new(connection, uploads, [_row(upload, now) for upload in batch])
    return len(log_ids) - len(old)


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
        "lane": guess(upload.title),
    }


def _reject(error: MalformedEvent, event: str, now: float) -> dict[str, object]:
    return {
        "digest": hashlib.sha256(event.encode()).hexdigest(),
        "seen_at": now,
        "error": str(error),
        "event": event[:REJECT_CHARACTERS],
    }
