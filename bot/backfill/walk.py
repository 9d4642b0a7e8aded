"""How far the listing of a category and of those below it is, as the text that a backfill keeps."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

import structlog

log = structlog.get_logger(__name__)

# Categories of Commons lead nearly everywhere within a few steps; and so many names of 255 bytes
# are what a column of MariaDB's TEXT holds.
MOST_CATEGORIES: Final = 200


@dataclass(frozen=True, slots=True)
class Walk:
    """Breadth first, each category once.

    Attributes:
        depth: How many steps down.
        waiting: Categories to be listed, and how far down each is; the first is at hand.
        done: Those that were listed.
        token: Where the list of the first goes on; None at its beginning.
    """

    depth: int
    waiting: tuple[tuple[str, int], ...]
    done: tuple[str, ...] = ()
    token: str | None = None

    @classmethod
    def begin(cls, category: str, depth: int) -> Self:
        """Return the walk before its first page."""
        return cls(depth, ((category, 0),))

    @classmethod
    def read(cls, text: str) -> Self:
        """Return what `text` has written."""
        kept = json.loads(text)
        waiting = tuple((title, level) for title, level in kept["waiting"])
        return cls(kept["depth"], waiting, tuple(kept["done"]), kept["token"])

    @property
    def text(self) -> str:
        """What is kept, JSON."""
        kept = {"depth": self.depth, "waiting": self.waiting, "done": self.done}
        return json.dumps(kept | {"token": self.token}, ensure_ascii=False)

    @property
    def category(self) -> str:
        """The one at hand."""
        return self.waiting[0][0]

    @property
    def goes_down(self) -> bool:
        """Whether what lies below the category at hand is wanted."""
        return self.waiting[0][1] < self.depth

    def within(self, token: str) -> "Walk":
        """Return the walk after a page that is not the category's last."""
        return Walk(self.depth, self.waiting, self.done, token)

    def beyond(self, below: Iterable[str]) -> "Walk | None":
        """Return the walk after the category's last page; None when that was all.

        Args:
            below: Its sub-categories; those that are known already are left out.
        """
        (at, level), *waiting = self.waiting
        known = {at, *self.done, *(title for title, _ in waiting)}
        new = [title for title in dict.fromkeys(below) if title not in known]
        room = max(0, MOST_CATEGORIES - len(known))
        if len(new) > room:
            log.warning("backfill.categories-left-out", below=at, number=len(new) - room)
        waiting += [(title, level + 1) for title in new[:room]]
        return Walk(self.depth, tuple(waiting), (*self.done, at)) if waiting else None
