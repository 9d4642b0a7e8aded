"""How far backfills are, and what they found, for a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, RowMapping, func, select

from bot.ledger.backfillschema import backfill_copies, backfill_files, backfills
from bot.ledger.schema import State

SUGGESTED: Final = "review"  # `bot.rules.Verdict.word`
UNDONE: Final = (State.WAITING, State.LEASED)
LATELY_S: Final = 300.0
_TOLD: Final = (
    *("id", "source", "target", "state", "made_at"),
    *("ended_at", "expected", "listed", "hidden"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a backfill is. Times are seconds since 1970, by the ledger's clock."""

    id: int
    source: str
    target: str
    state: str
    made_at: float
    now: float
    ended_at: float | None
    expected: int | None  # files, by the wiki's own count
    listed: int  # files so far
    listed_all: bool
    hidden: int  # of these, without a sha1, and not looked at
    copies: int  # of these, of a content that another one has
    states: Mapping[str, int]  # contents, by state
    verdicts: Mapping[str, int]  # of the scored ones
    finished_lately: int  # contents, within the last `LATELY_S`
    since_first_s: float | None  # how long ago the first of these was finished

    @property
    def contents(self) -> int:
        """Different contents listed so far."""
        return sum(self.states.values())

    @property
    def finished(self) -> int:
        """Contents that need no more work."""
        return self.contents - sum(self.states.get(state, 0) for state in UNDONE)

    @property
    def per_second(self) -> float:
        """Contents finished in a second, of late; 0 when nothing was."""
        if not self.since_first_s:
            return 0.0
        return self.finished_lately / max(1.0, self.since_first_s)

    @property
    def left_s(self) -> float | None:
        """How much longer it takes at that pace; None when that cannot be told."""
        if not self.per_second or not self.contents:
            return None
        if not self.listed_all and self.expected is None:
            return None
        files = self.listed if self.listed_all else max(self.listed, self.expected or 0)
        total = files * self.contents / max(1, self.listed)
        return max(0.0, total - self.finished) / self.per_second


@dataclass(frozen=True, slots=True, kw_only=True)
class OldFlag:
    """A content that the rules suggest."""

    id: int
    sha1: str
    title: str
    rule: str
    confidence: float
    finished_at: float
    copies: tuple[str, ...]  # other titles of the same content


def progress(connection: Connection, now: float, number: int | None) -> list[Progress]:
    """Return how far one backfill is, or each; the newest first."""
    wanted = select(backfills).order_by(backfills.c.id.desc())
    if number is not None:
        wanted = wanted.where(backfills.c.id == number)
    return [_progress(connection, row, now) for row in connection.execute(wanted).mappings().all()]


def unsuggested(connection: Connection, limit: int) -> list[OldFlag]:
    """Return what was not handed to the bot yet, of any backfill; the oldest first."""
    verdict = backfill_files.c.verdict == SUGGESTED
    found = select(backfill_files).where(verdict, backfill_files.c.suggested_at.is_(None))
    rows = connection.execute(found.order_by(backfill_files.c.id).limit(limit)).mappings().all()
    return [_flag(row, ()) for row in rows]


def flags(connection: Connection, number: int) -> list[OldFlag]:
    """Return what one backfill found to suggest, the surest first."""
    mine = backfill_files.c.backfill == number
    found = select(backfill_files).where(mine, backfill_files.c.verdict == SUGGESTED)
    order = (backfill_files.c.confidence.desc(), backfill_files.c.id)
    rows = connection.execute(found.order_by(*order)).mappings().all()
    same = select(backfill_copies).where(
        backfill_copies.c.backfill == number,
        backfill_copies.c.sha1.in_([row["sha1"] for row in rows]),
    )
    copies: dict[str, list[str]] = {}
    for copy in connection.execute(same).mappings():
        copies.setdefault(copy["sha1"], []).append(copy["title"])
    return [_flag(row, copies.get(row["sha1"], ())) for row in rows]


def _flag(row: RowMapping, copies: Sequence[str]) -> OldFlag:
    names = ("id", "sha1", "title", "rule", "confidence", "finished_at")
    told = {name: row[name] for name in names}
    return OldFlag(**told, copies=tuple(sorted(copies)))


def _progress(connection: Connection, row: RowMapping, now: float) -> Progress:
    mine = backfill_files.c.backfill == row["id"]
    copies = select(func.count()).select_from(backfill_copies)
    lately = select(func.count(), func.min(backfill_files.c.finished_at)).where(
        mine, backfill_files.c.finished_at >= now - LATELY_S
    )
    finished_lately, first = connection.execute(lately).one()
    told = {name: row[name] for name in _TOLD}
    return Progress(
        **told,
        now=now,
        listed_all=row["listed_at"] is not None,
        copies=connection.scalar(copies.where(backfill_copies.c.backfill == row["id"])) or 0,
        states=_tally(connection, backfill_files.c.state, mine),
        verdicts=_tally(connection, backfill_files.c.verdict, mine),
        finished_lately=finished_lately,
        since_first_s=None if first is None else now - first,
    )


def _tally(connection: Connection, column: object, mine: object) -> dict[str, int]:
    query = select(column, func.count()).where(mine).group_by(column)  # type: ignore[call-overload]
    return {str(value): count for value, count in connection.execute(query) if value is not None}
