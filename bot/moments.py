"""Moments as people write them: a time in ISO 8601, or so long ago."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

UNITS: Final = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
AGO: Final = re.compile(
    rf"(\d{{1,6}})\s*({'|'.join(UNITS)})s?(?:\s+ago)?", re.IGNORECASE | re.ASCII
)
EXPECTED: Final = "should be a time such as 2026-11-22T14:00 (in UTC) or '2 days ago'"


def parse_moment(text: str, now: datetime, *, longest: timedelta | None = None) -> datetime:
    """Return the moment that `text` names.

    Args:
        text: ISO 8601, in UTC unless it says otherwise, or a whole number of seconds, minutes,
            hours, days or weeks ago.
        now: What "ago" counts from; nothing later is accepted.
        longest: How far back it may lie.

    Raises:
        ValueError: with what is accepted instead.
    """
    moment = _parsed(text.strip(), now)
    if moment > now:
        raise ValueError(f"{text!r} lies in the future")
    if longest is not None and now - moment > longest:
        raise ValueError(f"{text!r} is more than {longest.days} days ago")
    return moment


def _parsed(text: str, now: datetime) -> datetime:
    ago = AGO.fullmatch(text)
    try:
        if ago:
            return now - int(ago[1]) * UNITS[ago[2].lower()]
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text!r} {EXPECTED}") from error
