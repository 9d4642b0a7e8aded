"""Brings what the ledger holds to the wiki, output by output."""

from collections.abc import Sequence

import structlog

from bot.errors import EditConflict, Refused
from bot.publish.output import Output
from bot.publish.wiki import ReviewWiki

log = structlog.get_logger(__name__)


class Publisher:
    """Takes turns through the outputs, and closes their wikis in the end."""

    def __init__(self, outputs: Sequence[Output]) -> None:
        self._outputs = outputs
        self._checked: list[ReviewWiki] = []

    def turn(self) -> None:
        """Send everything that is due.

        Raises:
            RetryLater: the wiki is busy, or a page changed meanwhile; nothing is lost.
            Stop: the wiki will not take edits from this account.
        """
        conflict: EditConflict | None = None
        for output in self._outputs:
            if not output.due():
                continue
            self._check(output.wiki)
            try:
                output.send()
            except EditConflict as error:  # of one page, while the wiki takes others
                conflict = error
            except Refused as error:
                log.warning("publish.output-refused", error=str(error))
        if conflict:
            raise conflict

    def close(self) -> None:
        """Let go of the wikis."""
        for output in self._outputs:
            output.wiki.close()

    def _check(self, wiki: ReviewWiki) -> None:
        if wiki not in self._checked:
            wiki.check()
            self._checked.append(wiki)
