"""Brings the outbox to the wiki: one edit per page and turn, each entry once."""

from collections.abc import Sequence
from itertools import groupby

import structlog

from bot.errors import Refused
from bot.ledger import Effect, Outbox
from bot.publish.entry import key
from bot.publish.page import summary_for, with_entries
from bot.publish.wiki import ReviewWiki
from bot.settings.publishing import PublishSettings

log = structlog.get_logger(__name__)

ENTRIES_PER_TURN = 200


class Publisher:
    """Sends what the outbox holds to one wiki, and closes the wiki in the end."""

    def __init__(self, outbox: Outbox, wiki: ReviewWiki, settings: PublishSettings) -> None:
        self._outbox = outbox
        self._wiki = wiki
        self.settings = settings
        self._checked = False

    def turn(self) -> int:
        """Send everything pending, one edit a page; return how many entries were sent.

        Raises:
            RetryLater: the wiki is busy, or the page changed meanwhile; nothing is lost.
            Refused: the wiki does not take the text of a page; the other pages were sent.
            Stop: the wiki will not take edits from this account.
        """
        effects = sorted(self._outbox.pending(limit=ENTRIES_PER_TURN), key=lambda one: one.page)
        if effects and not self._checked:
            self._wiki.check()
            self._checked = True
        refusal: Refused | None = None
        for title, group in groupby(effects, key=lambda one: one.page):
            try:
                self._send(title, list(group))
            except Refused as error:
                refusal = error
        if refusal:
            raise refusal
        return len(effects)

    def close(self) -> None:
        """Let go of the wiki."""
        self._wiki.close()

    def _send(self, title: str, effects: Sequence[Effect]) -> None:
        page = self._wiki.read(title)
        text = with_entries(page.text, [effect.entry for effect in effects], self.settings)
        added = sum(key(effect.entry) not in page.text for effect in effects)
        revision = page.revision
        if added:
            revision = self._wiki.save(page, text, summary_for(added, self.settings))
        self._outbox.mark_sent(effects, self._wiki.mode, page=title, revision=revision)
        keys = ",".join(str(effect.log_id) for effect in effects)
        log.info("publish.sent", page=title, added=added, mode=self._wiki.mode, keys=keys)
