"""What a look at one place on the wiki brings, before anybody asked whose word counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.ledger import Bookmark, Suggestion
from bot.review.outcomes import Outcome, Reason

PAGE: Final = "page"
CATEGORY: Final = "category"
DELETION: Final = "deletion"
KEPT: Final = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What somebody said about a suggestion."""

    suggestion: Suggestion
    outcome: Outcome | None  # None: what this source said before is taken back
    reviewer: str
    said_at: float  # s since 1970
    reference: int  # the revision or log entry
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One place read up to `bookmark`. `more` when there was too much to read it all."""

    source: str
    bookmark: Bookmark
    words: Sequence[Word] = ()
    more: bool = False
