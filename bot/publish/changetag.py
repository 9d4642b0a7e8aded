"""The change tag on an upload's entry in the wiki's log. The file's page is not touched.

https://www.mediawiki.org/wiki/API:Tag
"""

import structlog

from bot.errors import Refused
from bot.ledger import Outbox
from bot.logs import keys_of
from bot.publish.output import TAG
from bot.publish.page import links
from bot.publish.wiki import ReviewWiki
from bot.settings.publishing import PublishSettings

log = structlog.get_logger(__name__)

ENTRIES_PER_TURN = 200
PAGE = "Special:Log/upload"  # what the record of edits names
NO_REVISION = 0
ADVICE = "make the tag: `lookout wiki setup --live`, or an admin at Special:Tags"


class ChangeTag:
    """Tags log entries. The wiki itself passes over those that are tagged already."""

    def __init__(self, outbox: Outbox, wiki: ReviewWiki, settings: PublishSettings) -> None:
        self.wiki = wiki
        self._outbox = outbox
        self._settings = settings

    def due(self) -> bool:
        """Tell whether any upload waits."""
        return bool(self._outbox.pending(TAG, limit=1))

    def send(self) -> None:
        """Tag what waits."""
        effects = self._outbox.pending(TAG, limit=ENTRIES_PER_TURN)
        name = self._settings.tag.name
        reason = f"automated suggestion for review; {links(self._settings)}"
        try:
            refused = self.wiki.tag([effect.log_id for effect in effects], name, reason)
        except Refused as error:
            self._outbox.postpone(effects, str(error), pause_s=self._settings.put_off_seconds)
            advice = (
                f"`lookout wiki setup --live` makes the tag, or an admin at Special:Tags: {name}"
            )
            told = {"keys": keys_of(effects), "error": str(error)}
            log.warning("publish.tag-refused", **told, advice=advice)
            return
        tagged = [effect for effect in effects if effect.log_id not in refused]
        self._outbox.mark_sent(tagged, self.wiki.mode, page=PAGE, revision=NO_REVISION)
        for effect in effects:
            if effect.log_id in refused:
                self._outbox.refuse([effect], refused[effect.log_id])
        log.info("publish.tagged", keys=keys_of(tagged), refused=len(refused), tag=name)
