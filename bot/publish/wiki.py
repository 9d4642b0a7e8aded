"""What the publisher needs of a wiki, and nothing more."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was read. `revision` is 0 when the page does not exist."""

    title: str
    text: str
    revision: int


class ReviewWiki(Protocol):
    """A place that keeps pages. `mode` is the word under which effects are marked sent."""

    mode: str

    def check(self) -> None:
        """Make sure that saving would be right, before the first save.

        Raises:
            WrongWiki: the client would talk to another wiki than the configured one.
            NotAllowed: the account may not do what is asked of it.
        """

    def read(self, title: str) -> Page:
        """Return the page as it is now."""

    def save(self, page: Page, text: str, summary: str) -> int:
        """Save `text` if the page is still as `page` says; return the revision made.

        Raises:
            EditConflict: it is not.
            RetryLater: busy, read-only or out of reach.
            NotAllowed: blocked, protected, or a right is missing.
        """

    def close(self) -> None:
        """Let go of everything. May be called twice."""
