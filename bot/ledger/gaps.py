"""Stretches of the stream that were not read, until the wiki's log has filled them.

A gap is noted in the transaction that moves the cursor past it, and what fills it is stored in the
transaction that notes how far the filling is: SIGKILL at any moment costs one page read twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Engine, and_, func, select, update

from bot.events import Hole, Upload
from bot.ledger.arrivals import Reject, store
from bot.ledger.dialect import clock, insert_new
from bot.ledger.schema import gaps
from bot.ledger.transactions import reading

ASKED: Final = "asked"  # the reason of a gap that a person wants filled
CHECK: Final = "check"  # that of a stretch of which nothing is known to be missing
MS_PER_S = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One open gap, and how far its filling is. Times are the stream's, ms since 1970."""

    id: int
    since: int
    until: int
    reason: str
    part: str | None  # which of the wiki's logs is being read; None before the first
    token: str | None  # where that log goes on; None at its beginning


_FIELDS = (gaps.c.id, gaps.c.since, gaps.c.until, gaps.c.reason, gaps.c.part, gaps.c.token)


class Gaps:
    """Gaps by stream."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self, stream: str) -> list[Gap]:
        """Return the gaps that are still to be filled, the newest first, as uploads are claimed.

        So a long one that a person asked for does not delay what the stream left out just now.
        """
        wanted = select(*_FIELDS).where(gaps.c.stream == stream, gaps.c.closed_at.is_(None))
        with reading(self._engine) as connection:
            rows = (
                connection.execute(wanted.order_by(gaps.c.until.desc(), gaps.c.id)).mappings().all()
            )
        return [Gap(**row) for row in rows]

    def reaches(self, stream: str, since: int) -> bool:
        """Tell whether all from `since` on was asked for before, so that nothing is left to note.

        What lies behind a gap that was asked for is the stream's, or another gap's.
        """
        earlier = and_(gaps.c.stream == stream, gaps.c.reason == ASKED, gaps.c.since <= since)
        with reading(self._engine) as connection:
            return bool(connection.scalar(select(func.count()).where(earlier)))

    def checked(self, stream: str) -> int | None:
        """Return up to where what the stream brought was, or is being, compared with the log."""
        wanted = select(func.max(gaps.c.until)).where(
            gaps.c.stream == stream, gaps.c.reason == CHECK
        )
        with reading(self._engine) as connection:
            until: int | None = connection.scalar(wanted)
            return until

    def check(self, stream: str, since: int, until: int) -> None:
        """Have a stretch that was read compared with the log; an empty one marks the beginning."""
        with self._engine.begin() as connection:
            now = clock(connection)
            note(connection, stream, [Hole(since, until, CHECK)], now)
            empty = and_(gaps.c.stream == stream, gaps.c.since == gaps.c.until)
            connection.execute(
                update(gaps).where(empty, gaps.c.reason == CHECK).values(closed_at=now)
            )

    def progress(
        self,
        gap: Gap,
        batch: Sequence[Upload],
        bad: Sequence[Reject] = (),
        *,
        part: str,
        token: str | None,
    ) -> int:
        """Store what was found, and that the filling goes on at `token` of `part`.

        Returns:
            How many uploads were new. If somebody else got on with this gap meanwhile, what was
            found is stored all the same, and their progress stands.
        """
        return self._move(gap, batch, bad, part=part, token=token)

    def close(self, gap: Gap, batch: Sequence[Upload], bad: Sequence[Reject] = ()) -> int:
        """Store the last of what was found, and that nothing is missing any more."""
        return self._move(gap, batch, bad, part=gap.part, token=None, closed=True)

    def _move(
        self,
        gap: Gap,
        batch: Sequence[Upload],
        bad: Sequence[Reject],
        *,
        part: str | None,
        token: str | None,
        closed: bool = False,
    ) -> int:
        as_read = and_(
            gaps.c.id == gap.id,
            gaps.c.part.is_(None) if gap.part is None else gaps.c.part == gap.part,
            gaps.c.token.is_(None) if gap.token is None else gaps.c.token == gap.token,
            gaps.c.closed_at.is_(None),
        )
        with self._engine.begin() as connection:
            now = clock(connection)
            new = store(connection, batch, bad, now)
            moved = {"part": part, "token": token, "closed_at": now if closed else None}
            connection.execute(
                update(gaps).where(as_read).values(found=gaps.c.found + new, **moved)
            )
        return new


def note(connection: Connection, stream: str, holes: Sequence[Hole], now: float) -> None:
    """Open a gap for each hole; one that is known already stays as it is."""
    rows = [
        {
            "stream": stream,
            "since": hole.since,
            "until": hole.until,
            "reason": hole.reason,
            "found_at": now,
        }
        for hole in holes
    ]
    insert_new(connection, gaps, rows)


def seconds_open(connection: Connection) -> float:
    """Return how much of the stream's time lies in open gaps; what lies in several counts once.

    What is only checked does not count.
    """
    wanted = select(gaps.c.since, gaps.c.until).where(
        gaps.c.closed_at.is_(None), gaps.c.reason != CHECK
    )
    total, covered = 0, 0
    for since, until in connection.execute(wanted.order_by(gaps.c.since)):
        total += max(0, until - max(since, covered))
        covered = max(covered, until)
    return total / MS_PER_S
