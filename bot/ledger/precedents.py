"""Files that were judged, with what their verdict rested on, so that other rules can be tried."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Engine, RowMapping, Select, func, select

from bot.ledger.schema import decisions, scores, uploads
from bot.ledger.transactions import reading

ROWS_AT_ONCE = 500
_others: Final = scores.alias("others")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The last verdict on one upload, and what another model makes of the same pictures."""

    precedent: Precedent
    model: str  # the other's version
    views: Sequence[Mapping[str, Any]]  # in the order of the precedent's, at the same places


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

    def beside(self, name: str, moment: datetime) -> Iterator[Beside]:
        """Yield the uploads since `moment` that a model called `name` has scored too."""
        same = (_others.c.sha1 == decisions.c.sha1) & (_others.c.model != decisions.c.model)
        query = (
            _last()
            .add_columns(_others.c.model.label("other"), _others.c.views.label("seen_by_other"))
            .join(_others, same)
            .where(_others.c.model.startswith(f"{name}/", autoescape=True))
            .where(decisions.c.decided_at >= moment.timestamp())
        )
        for row in self._rows(query):
            values = dict(row)
            model, views = values.pop("other"), values.pop("seen_by_other")
            yield Beside(precedent=_precedent(values), model=model, views=views)

    def _of(self, query: Select[Any]) -> Iterator[Precedent]:
        return (_precedent(row) for row in self._rows(query))

    def _rows(self, query: Select[Any]) -> Iterator[RowMapping]:
        with reading(self._engine) as connection:
            few = connection.execution_options(yield_per=ROWS_AT_ONCE)
            yield from few.execute(query).mappings()


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


def _precedent(row: Mapping[Any, Any]) -> Precedent:
    values = dict(row)
    for name in ("uploaded_at", "decided_at"):
        values[name] = datetime.fromtimestamp(values[name], UTC)
    return Precedent(**values)
