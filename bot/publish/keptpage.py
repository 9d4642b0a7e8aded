"""A page that the bot keeps up to date, between two marks, so that people can write around them."""

from collections.abc import Callable

import structlog

from bot.ledger import Ledger
from bot.publish.editing import edit
from bot.publish.page import links
from bot.publish.quota import quota_of
from bot.publish.wiki import Page, ReviewWiki
from bot.settings.publishing import PublishSettings, StatusPageSettings

log = structlog.get_logger(__name__)

MINUTE_S = 60


class KeptPage:
    """Keeps one page, with at most one edit in so many minutes.

    Args:
        ledger: Knows when the page was edited last.
        wiki: Where the page is.
        settings: For the links in the edit summary.
        page: Which page, and how often.
        name: What it shows, in one word.
        introduction: What a new page starts with.
        table: Returns what belongs between the marks, as wikitext.
    """

    def __init__(
        self,
        ledger: Ledger,
        wiki: ReviewWiki,
        settings: PublishSettings,
        *,
        page: StatusPageSettings,
        name: str,
        introduction: str,
        table: Callable[[], str],
    ) -> None:
        self.wiki = wiki
        self._ledger = ledger
        self._settings = settings
        self._page = page
        self._name = name
        self._introduction = introduction
        self._table = table

    def due(self) -> bool:
        """Tell whether the last look is long enough ago, whoever had it, and the day has an edit.

        Edits of this page count like all others, and so they wait like all others.
        """
        last = self._ledger.history.last_edit(self._page.title, self.wiki.mode)
        pause_s = self._page.minutes * MINUTE_S
        if last is not None and self._ledger.census.now() - last.edited_at < pause_s:
            return False
        return quota_of(self._ledger, self._settings).edits_left > 0

    def send(self) -> None:
        """Write the table, if it changed."""
        table = self._table()
        summary = f"{self._name}; {links(self._settings)}"
        page = edit(self.wiki, self._page.title, lambda page: self._text(page, table), summary)
        mode = self.wiki.mode
        self._ledger.outbox.note_edit(mode, page=self._page.title, revision=page.revision)
        log.info("publish.kept", what=self._name, page=page.title, mode=mode)

    def _text(self, page: Page, table: str) -> str:
        """Return the page with a new table; one whose marks a person removed stays as it is."""
        first, last = marks(self._name)
        text = page.text if page.revision else f"{self._introduction}{first}\n{last}\n"
        before, begin, rest = text.partition(first)
        _, end, after = rest.partition(last)
        if not begin or not end:
            return page.text
        return f"{before}{begin}\n{table}\n{end}{after}"


def marks(name: str) -> tuple[str, str]:
    """Return the lines between which the bot writes."""
    return f"<!-- lookout: the {name} begins -->", f"<!-- lookout: the {name} ends -->"
