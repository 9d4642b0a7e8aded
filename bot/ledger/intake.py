"""From the stream into the ledger: uploads and the cursor that covers them, together."""

import hashlib
import time
from collections.abc import Sequence

from sqlalchemy import Engine, func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.errors import MalformedEvent
from bot.events import Upload
from bot.ledger.engine import reading
from bot.ledger.schema import State, cursors, rejects, uploads

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
        now = time.time()
        with self._engine.begin() as connection:
            new = 0
            if batch:
                rows = [_row(upload, now) for upload in batch]
                new = connection.execute(upsert(uploads).on_conflict_do_nothing(), rows).rowcount
            if bad:
                kept = [_reject(error, event, now) for error, event in bad]
                connection.execute(upsert(rejects).on_conflict_do_nothing(), kept)
            if position is not None:
                moved = upsert(cursors).values(stream=stream, position=position, moved_at=now)
                furthest = func.max(cursors.c.position, moved.excluded.position)
                connection.execute(
                    moved.on_conflict_do_update(
                        index_elements=["stream"], set_={"position": furthest, "moved_at": now}
                    )
                )
        return new


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
