"""How far backfills are, as lines for a person and as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.ledger import Progress


def as_json(one: Progress) -> dict[str, Any]:
    """Return everything that is known of one backfill."""
    figures = {"contents": one.contents, "finished": one.finished}
    return asdict(one) | figures | {"per_second": one.per_second, "left_s": one.left_s}


def lines(every: Sequence[Progress]) -> str:
    """Return one paragraph for each backfill."""
    return "\n\n".join(map(_paragraph, every)) or "no backfill was ever asked for"


def line(one: Progress) -> str:
    """Return how far one backfill is, in one line."""
    return f"{_share(one)}, {_pace(one)}"


def _paragraph(one: Progress) -> str:
    rows = [
        ("files listed", f"{one.listed:,}{_of(one)}"),
        ("  copies", f"{one.copies:,} of contents that are looked at once"),
        ("  hidden", f"{one.hidden:,} whose sha1 the wiki does not tell"),
        ("contents", f"{one.contents:,}: {_counts(one.states)}"),
        ("verdicts", _counts(one.verdicts)),
        ("progress", line(one)),
    ]
    head = f"{one.id}  {one.source} {one.target}".rstrip() + f": {one.state}"
    return "\n".join([head, *(f"  {name:<16}{text}" for name, text in rows)])


def _of(one: Progress) -> str:
    if one.listed_all:
        return ", which is all"
    return "" if one.expected is None else f" of about {one.expected:,}"


def _share(one: Progress) -> str:
    return f"{one.finished:,} of {one.contents:,} contents finished"


def _pace(one: Progress) -> str:
    if one.ended_at is not None:
        took = timedelta(seconds=round(one.ended_at - one.made_at))
        return f"{one.state} after {took}"
    if not one.per_second:
        return "none of late"
    pace = f"{one.per_second:.1f} a second"
    if one.left_s is None:
        return pace
    end = datetime.fromtimestamp(one.now + one.left_s, UTC)
    return f"{pace}, {timedelta(seconds=round(one.left_s))} left, until {end:%Y-%m-%d %H:%M} UTC"


def _counts(tally: Any) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(tally.items())) or "none"
