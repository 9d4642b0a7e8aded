"""Counts of everything the ledger holds, for the status command and for checks."""

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, select

from bot.ledger.dialect import clock
from bot.ledger.gaps import seconds_open
from bot.ledger.schema import State, cursors, outbox, rejects, reviews, uploads
from bot.ledger.settled import settled_here
from bot.ledger.transactions import reading

Tally = dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """One consistent picture of the ledger."""

    seen: int
    states: Tally  # waiting, leased, scored, skipped, dead
    verdicts: Tally  # of the scored ones
    waiting: Tally  # by lane: pictures, videos, documents
    skipped: Tally  # by reason
    dead: Tally  # by error class
    published: int
    unpublished: int
    refused: int  # effects that the wiki does not take
    reviews: Tally  # decisions of people whose word counts, by outcome, also those taken back
    rejected_events: int
    lag_seconds: float | None  # how far the stream position lies behind now
    oldest_unfinished_seconds: float | None
    gap_seconds: float  # of the stream's time that was not read and is not filled yet

    @property
    def balanced(self) -> bool:
        """Whether every upload seen is in exactly one state."""
        return self.seen == sum(self.states.values())

    @property
    def unfinished(self) -> int:
        """Uploads that still need work."""
        return self.states[State.WAITING] + self.states[State.LEASED]


class Census:
    """Reads the counts."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def now(self) -> float:
        """Return the ledger's own time, in seconds since 1970."""
        with reading(self._engine) as connection:
            return clock(connection)

    def take(self) -> Counts:
        """Count everything in one read transaction."""
        with reading(self._engine) as connection:
            now = clock(connection)
            states = _tally(connection, uploads.c.state)
            position = connection.scalar(select(func.max(cursors.c.position)))
            oldest = connection.scalar(
                select(func.min(uploads.c.seen_at)).where(
                    uploads.c.state.in_([State.WAITING, State.LEASED])
                )
            )
            sent = connection.scalar(select(func.count(outbox.c.sent_at))) or 0
            refused = connection.scalar(
                select(func.count(outbox.c.refused_at)).where(outbox.c.sent_at.is_(None))
            )
            needless = (outbox.c.sent_at.is_(None), outbox.c.refused_at.is_(None), settled_here)
            intended = connection.scalar(select(func.count(outbox.c.id))) or 0
            intended -= connection.scalar(select(func.count(outbox.c.id)).where(*needless)) or 0
            return Counts(
                seen=connection.scalar(select(func.count()).select_from(uploads)) or 0,
                reviews=_reviews(connection),
                states={state.value: states.get(state.value, 0) for state in State},
                verdicts=_tally(connection, uploads.c.verdict, State.SCORED),
                waiting=_tally(connection, uploads.c.lane, State.WAITING),
                skipped=_tally(connection, uploads.c.reason, State.SKIPPED),
                dead=_tally(connection, uploads.c.reason, State.DEAD),
                published=sent,
                unpublished=intended - sent - (refused or 0),
                refused=refused or 0,
                rejected_events=connection.scalar(select(func.count(rejects.c.digest))) or 0,
                lag_seconds=None if position is None else max(0.0, now - position / 1000),
                oldest_unfinished_seconds=None if oldest is None else max(0.0, now - oldest),
                gap_seconds=seconds_open(connection),
            )


def _reviews(connection: Connection) -> Tally:
    query = select(reviews.c.outcome, func.count()).where(reviews.c.set_aside.is_(None))
    rows = connection.execute(query.group_by(reviews.c.outcome))
    return {str(outcome): count for outcome, count in rows}


def _tally(connection: Connection, column: object, state: State | None = None) -> Tally:
    query = select(column, func.count()).group_by(column)  # type: ignore[call-overload]  # any column
    if state:
        query = query.where(uploads.c.state == state)
    return {str(value): count for value, count in connection.execute(query)}
