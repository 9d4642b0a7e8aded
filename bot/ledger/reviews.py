"""What people decided about uploads, and how far each place was read for it.

Findings of one place are stored in one transaction with the bookmark behind them, each under the
revision or log entry that it came from: reading a place again changes nothing.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, Engine, func, select, tuple_, update

from bot.ledger.dialect import clock, insert_new
from bot.ledger.schema import bookmarks, reviews
from bot.ledger.transactions import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One decision by one person."""

    log_id: int  # the upload
    source: str  # page, category, deletion, kept, …
    reference: int  # the revision or log entry by which it was made: unique in its source
    outcome: str  # a word of `bot.review.outcomes.Outcome`
    reviewer: str
    reviewed_at: float  # s since 1970
    reason: str | None = None  # of a deletion: a word of `bot.review.outcomes.Reason`
    set_aside: str | None = None  # why it does not count; see `bot.review.reviewers`
    withdrawn: bool = False

    @property
    def counts(self) -> bool:
        """Whether it is to be considered at all."""
        return not (self.withdrawn or self.set_aside)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """Everything one source said about an upload before `reference` no longer stands."""

    log_id: int
    source: str
    reference: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """How far a place was read. The meaning of `position` is its source's affair."""

    source: str
    place: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What reading a place brought."""

    bookmark: Bookmark | None = None
    reviews: Sequence[Review] = ()
    withdrawals: Sequence[Withdrawal] = ()


class Reviews:
    """The decisions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def record(self, findings: Findings) -> int:
        """Store findings and move the bookmark in one transaction; return how many were new."""
        with self._engine.begin() as connection:
            now = clock(connection)
            new = _unknown(connection, findings.reviews)
            if new:
                rows = [{**asdict(review), "noted_at": now} for review in new]
                insert_new(connection, reviews, rows)  # another process may be reading too
            for withdrawal in findings.withdrawals:
                _withdraw(connection, withdrawal)
            if findings.bookmark:
                _move(connection, findings.bookmark)
        return len(new)

    def position(self, source: str, place: str) -> int | None:
        """Return how far `place` was read, None when it never was."""
        found = select(bookmarks.c.position).where(
            bookmarks.c.source == source, bookmarks.c.place == place
        )
        with reading(self._engine) as connection:
            return connection.scalar(found)

    def of(self, log_ids: Sequence[int]) -> list[Review]:
        """Return every decision about these uploads, the earliest first."""
        return self._reviews(reviews.c.log_id.in_(log_ids))

    def all(self) -> list[Review]:
        """Return every decision there is, the earliest first."""
        return self._reviews(reviews.c.id > 0)

    def version(self) -> tuple[int, int]:
        """Return a pair that is another whenever decisions were added or withdrawn."""
        withdrawn = select(func.count()).where(reviews.c.withdrawn).scalar_subquery()
        query = select(func.coalesce(func.max(reviews.c.id), 0), withdrawn)
        with reading(self._engine) as connection:
            newest, count = connection.execute(query).one()
        return newest, count

    def _reviews(self, wanted: object) -> list[Review]:
        columns = [reviews.c[name] for name in Review.__dataclass_fields__]
        query = select(*columns).where(wanted)  # type: ignore[arg-type]  # any condition
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(reviews.c.reviewed_at, reviews.c.id))
            return [Review(**row) for row in rows.mappings()]


def _unknown(connection: Connection, found: Sequence[Review]) -> list[Review]:
    """Return those of `found` that are not stored yet."""
    keys = {(one.source, one.reference, one.log_id): one for one in found}
    if not keys:
        return []
    columns = (reviews.c.source, reviews.c.reference, reviews.c.log_id)
    known = connection.execute(select(*columns).where(tuple_(*columns).in_(list(keys))))
    for row in known:
        del keys[row.source, row.reference, row.log_id]
    return list(keys.values())


def _withdraw(connection: Connection, withdrawal: Withdrawal) -> None:
    connection.execute(
        update(reviews)
        .where(reviews.c.log_id == withdrawal.log_id, reviews.c.source == withdrawal.source)
        .where(reviews.c.reference < withdrawal.reference)
        .values(withdrawn=True)
    )


def _move(connection: Connection, bookmark: Bookmark) -> None:
    """Move a bookmark, never back."""
    insert_new(connection, bookmarks, [asdict(bookmark)])
    behind = (
        (bookmarks.c.source == bookmark.source)
        & (bookmarks.c.place == bookmark.place)
        & (bookmarks.c.position < bookmark.position)
    )
    connection.execute(update(bookmarks).where(behind).values(position=bookmark.position))
