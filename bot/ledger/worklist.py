"""What was suggested, what weighs most first, as a person works it off."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Engine,
    Exists,
    Select,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
)

from bot.ledger.schema import decisions, outbox, reviews, scores, uploads
from bot.ledger.suggestions import AUDIT
from bot.ledger.transactions import reading

_other = outbox.alias()  # effects of the same upload
_any = decisions.alias()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which suggestions; None asks for all.

    Attributes:
        tier: How urgent.
        medium: image, video or document.
        label: The one that scores highest.
        labels: All that a model gives; needed where `label` is.
        decided: Whether anybody has said anything that counts.
        since: Suggested then or later, s since 1970.
    """

    tier: str | None = None
    medium: str | None = None
    label: str | None = None
    labels: Sequence[str] = ()
    decided: bool | None = None
    since: float | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """How far down the list: what comes after has less weight, or the same and a lower id."""

    weight: float
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One suggestion. Times are seconds since 1970."""

    id: int
    log_id: int
    weight: float
    created_at: float
    sent_at: float | None
    title: str  # as it stands in the ledger
    user: str
    medium: str
    model: str
    decided: bool
    entry: Mapping[str, Any]

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.weight, self.id)


class Worklist:
    """Reads it. An upload's several effects are one suggestion; audit samples are none."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(self, sought: Sought, *, limit: int, after: Place | None = None) -> list[Item]:
        """Return at most `limit` suggestions that come after a place."""
        said = _said()
        query = _items(said).where(*_conditions(sought, said))
        if after:
            lighter = outbox.c.weight < after.weight
            query = query.where(
                or_(lighter, and_(outbox.c.weight == after.weight, outbox.c.id < after.id))
            )
        ranked = query.order_by(outbox.c.weight.desc(), outbox.c.id.desc()).limit(limit)
        with reading(self._engine) as connection:
            return [Item(**row) for row in connection.execute(ranked).mappings()]

    def count(self, sought: Sought) -> int:
        """Return how many there are in all."""
        said = _said()
        found = _items(said).where(*_conditions(sought, said)).subquery()
        with reading(self._engine) as connection:
            return connection.scalar(select(func.count()).select_from(found)) or 0


def _items(said: Exists) -> Select[Any]:
    """Select each upload's first effect, with its last decision and the scores behind that."""
    newest = select(func.max(_any.c.id)).where(_any.c.log_id == outbox.c.log_id)
    last = newest.correlate(outbox).scalar_subquery()
    earlier = exists().where(
        _other.c.log_id == outbox.c.log_id, _other.c.kind != AUDIT, _other.c.id < outbox.c.id
    )
    return (
        select(
            *outbox.c["id", "log_id", "weight", "created_at", "sent_at", "entry"],
            *uploads.c["title", "user"],
            decisions.c.model,
            scores.c.medium,
            said.label("decided"),
        )
        .join_from(outbox, uploads, outbox.c.log_id == uploads.c.log_id)
        .join(decisions, (decisions.c.log_id == outbox.c.log_id) & (decisions.c.id == last))
        .join(scores, (scores.c.sha1 == decisions.c.sha1) & (scores.c.model == decisions.c.model))
        .where(outbox.c.kind != AUDIT, ~earlier)
    )


def _said() -> Exists:
    return exists().where(
        reviews.c.log_id == outbox.c.log_id,
        reviews.c.withdrawn.is_(False),
        reviews.c.set_aside.is_(None),
    )


def _conditions(sought: Sought, said: Exists) -> Iterator[ColumnElement[bool]]:
    if sought.tier is not None:
        yield outbox.c.entry["tier"].as_string() == sought.tier
    if sought.medium is not None:
        yield scores.c.medium == sought.medium
    if sought.decided is not None:
        yield said if sought.decided else ~said
    if sought.since is not None:
        yield outbox.c.created_at >= sought.since
    if sought.label is not None:
        others = [label for label in sought.labels if label != sought.label]
        yield from (_score(sought.label) >= _score(label) for label in others)
        yield _score(sought.label) > literal(0.0)


def _score(label: str) -> ColumnElement[float]:
    return func.coalesce(outbox.c.entry[("scores", label)].as_float(), 0.0)
