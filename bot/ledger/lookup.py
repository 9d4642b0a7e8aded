"""What is known of one file, for whoever asks by its title."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select

from bot.ledger.schema import decisions, outbox, scores, uploads
from bot.ledger.transactions import reading

MOST_UPLOADS = 50  # of one title, the newest


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownUpload:
    """One upload under a title, and where it stands. Times are seconds since 1970."""

    log_id: int
    title: str
    action: str
    user: str
    sha1: str | None
    state: str
    verdict: str | None
    attempts: int
    reason: str | None
    detail: str | None
    uploaded_at: float
    seen_at: float
    finished_at: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownVerdict:
    """One decision about an upload, with the scores it rests on.

    `hits` and `facts` are None from before these were recorded.
    """

    log_id: int
    decided_at: float
    verdict: str
    rule: str | None
    confidence: float | None
    thresholds: Mapping[str, float]
    hits: Sequence[Mapping[str, Any]] | None
    facts: Mapping[str, Any] | None
    sha1: str
    model: str
    medium: str
    views: Sequence[Mapping[str, Any]]
    partial: bool
    scored_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEffect:
    """What was to be had on the wiki for an upload, and what came of it."""

    kind: str
    page: str
    created_at: float
    sent_at: float | None
    sent_as: str | None
    held_at: float | None
    refused_at: float | None
    trouble: str | None


class Lookup:
    """Reads it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def uploads(self, title: str) -> list[KnownUpload]:
        """Return the uploads under a title, the newest first."""
        columns = [uploads.c[name] for name in KnownUpload.__dataclass_fields__]
        query = select(*columns).where(uploads.c.title == title)
        newest = query.order_by(uploads.c.log_id.desc()).limit(MOST_UPLOADS)
        with reading(self._engine) as connection:
            return [KnownUpload(**row) for row in connection.execute(newest).mappings()]

    def upload(self, log_id: int) -> KnownUpload | None:
        """Return one upload, None if the bot has not seen it."""
        columns = [uploads.c[name] for name in KnownUpload.__dataclass_fields__]
        with reading(self._engine) as connection:
            found = connection.execute(select(*columns).where(uploads.c.log_id == log_id))
            row = found.mappings().first()
        return KnownUpload(**row) if row else None

    def effects(self, log_id: int) -> list[KnownEffect]:
        """Return what was to be had on the wiki for an upload, the first first."""
        columns = [outbox.c[name] for name in KnownEffect.__dataclass_fields__]
        query = select(*columns).where(outbox.c.log_id == log_id).order_by(outbox.c.id)
        with reading(self._engine) as connection:
            return [KnownEffect(**row) for row in connection.execute(query).mappings()]

    def verdicts(self, log_ids: Sequence[int]) -> list[KnownVerdict]:
        """Return what was decided about uploads, the newest first."""
        query = (
            select(
                *decisions.c["log_id", "decided_at", "verdict", "rule", "confidence"],
                *decisions.c["thresholds", "hits", "facts", "sha1", "model"],
                *scores.c["medium", "views", "partial", "scored_at"],
            )
            .join(
                scores, (scores.c.sha1 == decisions.c.sha1) & (scores.c.model == decisions.c.model)
            )
            .where(decisions.c.log_id.in_(log_ids))
            .order_by(decisions.c.id.desc())
        )
        with reading(self._engine) as connection:
            return [KnownVerdict(**row) for row in connection.execute(query).mappings()]
