"""What the publisher needs of a wiki, and nothing more."""

from collections.abc import Mapping, Sequence
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
            ConfigInvalid: others could have changed what the client works by.
        """

    def read(self, title: str) -> Page:
        """Return the page as it is now; of a page that was moved, the one it became.

        Raises:
            PageClosed: it asks bots to stay away, or was moved to another namespace.
        """

    def save(self, page: Page, text: str, summary: str) -> int:
        """Save `text` if the page is still as `page` says; return the revision made.

        Raises:
            EditConflict: it is not.
            PageClosed: it is protected.
            Refused: the text is not taken.
            RetryLater: busy, read-only or out of reach.
            NotAllowed: blocked, or a right is missing.
        """

    def sha1(self, title: str) -> str | None:
        """Return the SHA-1 of a file as 40 hexadecimal digits, None if that is not known."""

    def tag(self, log_ids: Sequence[int], name: str, reason: str) -> Mapping[int, str]:
        """Put a change tag on entries of the log; one that has it already stays as it is.

        Returns:
            The entries that cannot have it, each with why.

        Raises:
            Refused: the tag does not exist, or may not be put on by this account.
        """

    def make_tag(self, name: str, description: str) -> bool:
        """Make a change tag; return whether there was none.

        Raises:
            Refused: the account may not.
        """

    def close(self) -> None:
        """Let go of everything. May be called twice."""
