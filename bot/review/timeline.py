"""Places that are read by time: recent changes and logs."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.ledger import Bookmark, Ledger
from bot.review.feed import Change, Changes

# Entries can be written late under an early time: replicas lag, and jobs wait for their turn.
OVERLAP_S: Final = 600.0
MS: Final = 1000


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was read, and the bookmark behind it."""

    found: list[Change]
    bookmark: Bookmark
    more: bool


def read(ledger: Ledger, source: str, place: str, ask: Callable[[float], Changes]) -> Stretch:
    """Read on from a place's bookmark, a little before it; the first time from now on.

    Args:
        ledger: Holds the bookmark.
        source: Whose bookmark.
        place: Of which place.
        ask: Takes a moment (s since 1970) and returns what happened from there on.
    """
    position = ledger.reviews.position(source, place)
    if position is None:
        position = int(time.time() * MS)
    changes = ask(position / MS - OVERLAP_S)
    newest = max((int(change.made_at * MS) for change in changes.found), default=position)
    bookmark = Bookmark(source=source, place=place, position=max(position, newest))
    return Stretch(list(changes.found), bookmark, changes.more)
