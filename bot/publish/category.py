"""The hidden review category: one line at the end of a file's page, added once, never removed."""

import re

import structlog

from bot.errors import EditConflict, Refused
from bot.ledger import Effect, Outbox
from bot.publish.dryrun import DryRunWiki
from bot.publish.editing import edit
from bot.publish.output import CATEGORY
from bot.publish.page import links
from bot.publish.wiki import Page, ReviewWiki
from bot.settings.publishing import PublishSettings

log = structlog.get_logger(__name__)

MINUTE_S = 60.0


class ReviewCategory:
    """Puts files into the category, some a turn."""

    def __init__(self, outbox: Outbox, wiki: ReviewWiki, settings: PublishSettings) -> None:
        self.wiki = wiki
        self._outbox = outbox
        self._settings = settings

    def due(self) -> bool:
        """Tell whether any file waits."""
        return bool(self._outbox.pending(CATEGORY, limit=1))

    def send(self) -> None:
        """Edit as many file pages as the settings allow for one turn."""
        share = self._settings.interval_seconds / MINUTE_S
        limit = max(1, int(self._settings.category.per_minute * share))
        for effect in self._outbox.pending(CATEGORY, limit=limit):
            try:
                self._add(effect)
            except EditConflict as error:
                pause = self._settings.put_off_seconds
                self._outbox.postpone([effect], str(error), pause_s=pause)
            except Refused as error:
                self._outbox.refuse([effect], str(error))
                log.warning("publish.category-refused", key=effect.log_id, error=str(error))

    def _add(self, effect: Effect) -> None:
        name = self._settings.category.name
        page = edit(self.wiki, effect.page, lambda page: self._changed(page, effect), self._summary)
        self._outbox.mark_sent([effect], self.wiki.mode, page=page.title, revision=page.revision)
        log.info("publish.category", key=effect.log_id, page=page.title, category=name)

    def _changed(self, page: Page, effect: Effect) -> str:
        if not page.revision and self.wiki.mode != DryRunWiki.mode:  # a dry run knows no files
            raise Refused(f"{page.title} is gone")
        digest = self.wiki.sha1(page.title)
        if digest and digest != effect.entry.get("sha1", digest):
            raise Refused(f"{page.title} is not the version that was looked at")
        return with_category(page.text, self._settings.category.name)

    @property
    def _summary(self) -> str:
        name = self._settings.category.name
        return f"automated suggestion: [[Category:{name}]] for review; {links(self._settings)}"


def with_category(text: str, name: str) -> str:
    """Return the text of a page in the category; unchanged if it was in it already."""
    if _link(name).search(text):
        return text
    return f"{text.rstrip()}\n[[Category:{name}]]\n".lstrip()


def _link(name: str) -> re.Pattern[str]:
    """Match a link that puts a page into the category, in every spelling MediaWiki takes."""
    words = r"[ _]+".join(re.escape(word) for word in re.split(r"[ _]+", name.strip()))
    first = f"[{re.escape(name[0].upper())}{re.escape(name[0].lower())}]"
    spelt = re.sub(r"^(\\.|.)", lambda _: first, words, count=1)
    return re.compile(rf"\[\[[ _]*(?i:category)[ _]*:[ _]*{spelt}[ _]*(\||\]\])")
