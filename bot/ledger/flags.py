"""What was suggested, page by page, the newest first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, exists, func, select

from bot.ledger.schema import decisions, outbox, reviews, scores, uploads
from bot.ledger.suggestions import AUDIT
from bot.ledger.transactions import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which suggestions; None asks for all. Times are seconds since 1970."""

    since: float | None = None
    until: float | None = None
    rule: str | None = None
    tier: str | None = None
    medium: str | None = None
    decided: bool | None = None  # whether a person has said anything that counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One suggestion. `id` grows, and is what the next page begins below."""

    id: int
    log_id: int
    created_at: float
    sent_at: float | None
    title: str  # as it stands in the ledger
    model: str
    medium: str
    decided: bool
    entry: Mapping[str, Any]


class Flags:
    """Reads them. An upload's several effects are one suggestion; audit samples are none."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(self, wanted: Wanted, *, limit: int, below: int | None = None) -> list[Flag]:
        """Return at most `limit` suggestions, those with an id under `below`."""
        query = _filtered(wanted)
        if below is not None:
            query = query.where(outbox.c.id < below)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(outbox.c.id.desc()).limit(limit))
            return [Flag(**row) for row in rows.mappings()]


def _filtered(wanted: Wanted) -> Select[Any]:
    first = select(func.min(outbox.c.id)).where(outbox.c.kind != AUDIT).group_by(outbox.c.log_id)
    newest = select(func.max(decisions.c.id)).group_by(decisions.c.log_id)
    said = exists().where(
        reviews.c.log_id == outbox.c.log_id,
        reviews.c.withdrawn.is_(False),
        reviews.c.set_aside.is_(None),
    )
    query = (
        select(
            *outbox.c["id", "log_id", "created_at", "sent_at", "entry"],
            uploads.c.title,
            decisions.c.model,
            scores.c.medium,
            said.label("decided"),
        )
        .join_from(outbox, uploads, outbox.c.log_id == uploads.c.log_id)
        .join(decisions, decisions.c.log_id == outbox.c.log_id)
        .join(scores, (scores.c.sha1 == decisions.c.sha1) & (scores.c.model == decisions.c.model))
        .where(outbox.c.id.in_(first), decisions.c.id.in_(newest))
    )
    return query.where(*_conditions(wanted, said))


def _conditions(wanted: Wanted, said: ColumnElement[bool]) -> Iterator[ColumnElement[bool]]:
    if wanted.since is not None:
        yield outbox.c.created_at >= wanted.since
    if wanted.until is not None:
        yield outbox.c.created_at < wanted.until
    if wanted.rule is not None:
        yield outbox.c.entry["rule"].as_string() == wanted.rule
    if wanted.tier is not None:
        yield outbox.c.entry["tier"].as_string() == wanted.tier
    if wanted.medium is not None:
        yield scores.c.medium == wanted.medium
    if wanted.decided is not None:
        yield said if wanted.decided else ~said
