"""What every output has in common: log pages, categories, change tags, the status page."""

from typing import Protocol

from bot.ledger.suggestions import AUDIT, LOG_PAGE
from bot.publish.wiki import ReviewWiki

__all__ = ["AUDIT", "CATEGORY", "LOG_PAGE", "TAG", "Output"]

# Kinds of effects, beside LOG_PAGE and AUDIT: the entries of an audit go to log pages of their own.
CATEGORY = "category"
TAG = "tag"


class Output(Protocol):
    """One way by which suggestions reach people."""

    @property
    def wiki(self) -> ReviewWiki:
        """Where it is sent."""

    def due(self) -> bool:
        """Tell, without asking the wiki, whether there is anything to send."""

    def send(self) -> None:
        """Send what is due.

        What the wiki refuses is put off or given up, with why, and holds up nothing else.

        Raises:
            RetryLater: the wiki is busy, or a page changed meanwhile; nothing is lost.
            Stop: the wiki will not take edits from this account.
        """
