"""What is known of one file, for whoever asks by its title."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select

from bot.ledger.schema import decisions, scores, uploads
from bot.ledger.transactions import reading

MOST_UPLOADS = 50  # of one title, the newest


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownUpload:
    """One upload under a title, and where it stands. Times are seconds since 1970."""

    log_id: int
    title: str
    action: str
    state: str
    verdict: str | None
    reason: str | None
    seen_at: float
    finished_at: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownVerdict:
    """One decision about an upload, with the scores it rests on."""

    log_id: int
    decided_at: float
    verdict: str
    rule: str | None
    confidence: float | None
    sha1: str
    model: str
    medium: str
    views: Sequence[Mapping[str, Any]]
    partial: bool


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

    def verdicts(self, log_ids: Sequence[int]) -> list[KnownVerdict]:
        """Return what was decided about uploads, the newest first."""
        query = (
            select(
                *decisions.c["log_id", "decided_at", "verdict", "rule", "confidence"],
                *decisions.c["sha1", "model"],
                *scores.c["medium", "views", "partial"],
            )
            .join(
                scores, (scores.c.sha1 == decisions.c.sha1) & (scores.c.model == decisions.c.model)
            )
            .where(decisions.c.log_id.in_(log_ids))
            .order_by(decisions.c.id.desc())
        )
        with reading(self._engine) as connection:
            return [KnownVerdict(**row) for row in connection.execute(query).mappings()]
