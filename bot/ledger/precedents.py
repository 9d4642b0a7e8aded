"""Files that were judged, with what their verdict rested on, so that other rules can be tried."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, RowMapping, Select, func, select

from bot.ledger.schema import decisions, scores, uploads
from bot.ledger.transactions import reading

ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedent:
    """The last verdict on one upload."""

    log_id: int
    title: str
    user: str
    uploaded_at: datetime
    decided_at: datetime
    verdict: str
    rule: str | None
    confidence: float | None
    facts: Mapping[str, Any] | None  # None: from before these were recorded
    model: str
    medium: str
    views: Sequence[Mapping[str, Any]]
    partial: bool


class Precedents:
    """Reads them, the earliest verdict first, a few hundred at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def since(self, moment: datetime) -> Iterator[Precedent]:
        """Yield every upload whose last verdict is from `moment` on."""
        return self._of(_last().where(decisions.c.decided_at >= moment.timestamp()))

    def of(self, titles: Sequence[str]) -> Iterator[Precedent]:
        """Yield the uploads of these file titles."""
        return self._of(_last().where(uploads.c.title.in_(titles)))

    def _of(self, query: Select[Any]) -> Iterator[Precedent]:
        with reading(self._engine) as connection:
            few = connection.execution_options(yield_per=ROWS_AT_ONCE)
            for row in few.execute(query).mappings():
                yield _precedent(row)


def _last() -> Select[Any]:
    newest = select(func.max(decisions.c.id)).group_by(decisions.c.log_id)
    return (
        select(
            *uploads.c["log_id", "title", "user", "uploaded_at"],
            *decisions.c["decided_at", "verdict", "rule", "confidence", "facts", "model"],
            *scores.c["medium", "views", "partial"],
        )
        .join_from(decisions, uploads, decisions.c.log_id == uploads.c.log_id)
        .join(scores, (scores.c.sha1 == decisions.c.sha1) & (scores.c.model == decisions.c.model))
        .where(decisions.c.id.in_(newest))
        .order_by(decisions.c.id)
    )


def _precedent(row: RowMapping) -> Precedent:
    values = dict(row)
    for name in ("uploaded_at", "decided_at"):
        values[name] = datetime.fromtimestamp(values[name], UTC)
    return Precedent(**values)
