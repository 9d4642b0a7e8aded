"""What people were asked: each suggestion and audit sample, and how much there was in all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Engine, Row, Select, case, func, select

from bot.ledger.days import FLAGGED
from bot.ledger.schema import State, decisions, outbox, scores, uploads
from bot.ledger.transactions import reading

# Kinds of effects. An upload's several effects are one suggestion.
LOG_PAGE: Final = "log-page"
AUDIT: Final = "audit"
_any: Final = decisions.alias()
_KINDS: Final = (LOG_PAGE, "category", "tag", AUDIT)  # the first that an upload has stands for all


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One entry that people were shown, or are about to be."""

    log_id: int
    kind: str  # AUDIT: drawn by lot from what was not suggested. Everything else: a suggestion.
    page: str
    title: str  # of the file when it was judged
    uploader: str
    sha1: str
    medium: str  # image, video or document
    model: str
    suggested_at: float  # s since 1970
    sent_at: float | None
    entry: Mapping[str, Any]  # what was written: rule, confidence, scores, …


@dataclass(frozen=True, slots=True, kw_only=True)
class Volumes:
    """How many uploads there were in a span of time, by when they were seen."""

    seen: int
    scored: int
    suggested: int
    cleared: int  # scored and not suggested


class Suggestions:
    """Reads them. Times are seconds since 1970; `until` itself is not within."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def between(self, since: float, until: float) -> list[Suggestion]:
        """Return what was suggested or drawn in a span of time, the earliest first."""
        return self._where(outbox.c.created_at >= since, outbox.c.created_at < until)

    def of(self, log_ids: Sequence[int]) -> list[Suggestion]:
        """Return those of the uploads that were suggested or drawn."""
        return self._where(outbox.c.log_id.in_(log_ids))

    def of_titles(self, titles: Sequence[str]) -> list[Suggestion]:
        """Return those that stand under one of these file titles."""
        return self._where(uploads.c.title.in_(titles))

    def pages(self, since: float) -> list[str]:
        """Return the pages that got entries on the wiki since a moment."""
        query = select(outbox.c.page).where(outbox.c.sent_at >= since, outbox.c.sent_as == "live")
        kinds = outbox.c.kind.in_([LOG_PAGE, AUDIT])
        with reading(self._engine) as connection:
            return list(connection.scalars(query.where(kinds).distinct().order_by(outbox.c.page)))

    def fingerprints(self, log_ids: Sequence[int]) -> dict[str, list[str]]:
        """Return the fingerprints of what these uploads show, by sha1."""
        wanted = select(decisions.c.sha1).where(decisions.c.log_id.in_(log_ids))
        query = select(scores.c.sha1, scores.c.views).where(scores.c.sha1.in_(wanted))
        found: dict[str, list[str]] = {}
        with reading(self._engine) as connection:
            for sha1, views in connection.execute(query):
                known = [view["fingerprint"] for view in views if view.get("fingerprint")]
                found.setdefault(sha1, []).extend(known)
        return found

    def volumes(self, since: float, until: float) -> Volumes:
        """Count the uploads seen in a span of time."""
        query = select(
            func.count(),
            func.count(case((uploads.c.state == State.SCORED, 1))),
            func.count(case((uploads.c.verdict == FLAGGED, 1))),
        ).where(uploads.c.seen_at >= since, uploads.c.seen_at < until)
        with reading(self._engine) as connection:
            seen, scored, suggested = connection.execute(query).one()
        return Volumes(seen=seen, scored=scored, suggested=suggested, cleared=scored - suggested)

    def _where(self, *conditions: ColumnElement[bool]) -> list[Suggestion]:
        query = _joined().where(outbox.c.kind.in_(_KINDS), *conditions)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(outbox.c.created_at, outbox.c.id)).all()
        first = {row.log_id: row for row in sorted(rows, key=_rank, reverse=True)}
        return [_suggestion(row) for row in rows if first[row.log_id] is row]


def _joined() -> Select[Any]:
    """Select each entry with the last decision that its upload got, and the scores it rests on."""
    newest = select(func.max(_any.c.id)).where(_any.c.log_id == outbox.c.log_id)
    last = newest.correlate(outbox).scalar_subquery()
    return (
        select(
            *outbox.c["log_id", "kind", "page", "entry", "created_at", "sent_at"],
            *uploads.c["title", "user"],
            *decisions.c["sha1", "model"],
            scores.c.medium,
        )
        .join_from(outbox, uploads, outbox.c.log_id == uploads.c.log_id)
        .join(decisions, (decisions.c.log_id == outbox.c.log_id) & (decisions.c.id == last))
        .join(scores, (scores.c.sha1 == decisions.c.sha1) & (scores.c.model == decisions.c.model))
    )


def _rank(row: Row[Any]) -> int:
    return _KINDS.index(row.kind)


def _suggestion(row: Row[Any]) -> Suggestion:
    return Suggestion(
        log_id=row.log_id,
        kind=row.kind,
        page=row.page,
        title=row.entry.get("title", row.title),
        uploader=row.user,
        sha1=row.sha1,
        medium=row.medium,
        model=row.model,
        suggested_at=row.created_at,
        sent_at=row.sent_at,
        entry=row.entry,
    )
