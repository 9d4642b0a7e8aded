"""How the bot does, on a page: between two marks, so that people can write around them."""

import structlog

from bot.ledger import Counts, Ledger
from bot.publish.editing import edit
from bot.publish.page import links
from bot.publish.quota import Quota, quota_of
from bot.publish.wiki import Page, ReviewWiki
from bot.settings.publishing import PublishSettings

log = structlog.get_logger(__name__)

BEGIN = "<!-- lookout: the status begins -->"
END = "<!-- lookout: the status ends -->"
MINUTE_S = 60
INTRODUCTION = "__NOINDEX__\nHow the bot does. It keeps the table below up to date by itself.\n"


class StatusPage:
    """Keeps the page, with at most one edit in so many minutes."""

    def __init__(self, ledger: Ledger, wiki: ReviewWiki, settings: PublishSettings) -> None:
        self.wiki = wiki
        self._ledger = ledger
        self._settings = settings

    def due(self) -> bool:
        """Tell whether the last look at the page is long enough ago, whoever had it."""
        title = self._settings.status_page.title
        last = self._ledger.history.last_edit(title, self.wiki.mode)
        pause_s = self._settings.status_page.minutes * MINUTE_S
        return last is None or self._ledger.census.now() - last.edited_at >= pause_s

    def send(self) -> None:
        """Write the counts, if any changed."""
        title = self._settings.status_page.title
        quota = quota_of(self._ledger, self._settings)
        table = status_table(self._ledger.census.take(), quota)
        summary = f"status; {links(self._settings)}"
        page = edit(self.wiki, title, lambda page: with_status(page, table), summary)
        self._ledger.outbox.note_edit(self.wiki.mode, page=title, revision=page.revision)
        log.info("publish.status", page=page.title, mode=self.wiki.mode)


def with_status(page: Page, table: str) -> str:
    """Return the page with a new table; a page whose marks a person removed stays as it is."""
    text = page.text if page.revision else f"{INTRODUCTION}{BEGIN}\n{END}\n"
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        return page.text
    return f"{before}{begin}\n{table}\n{end}{after}"


def status_table(counts: Counts, quota: Quota) -> str:
    """Return the counts as a wikitext table. It names no moment: the page's history does."""
    rows = [
        ("Behind the stream", _minutes(counts.lag_seconds)),
        ("Oldest upload not finished", _minutes(counts.oldest_unfinished_seconds)),
        ("Uploads seen", f"{counts.seen:,}"),
        *((f"… {state}", f"{number:,}") for state, number in counts.states.items()),
        *((f"…… {verdict}", f"{number:,}") for verdict, number in counts.verdicts.items()),
        ("Edits and tags made for suggestions", f"{counts.published:,}"),
        ("… waiting", f"{counts.unpublished:,}"),
        ("…… held by the daily quota", f"{quota.held:,}"),
        ("… not taken by the wiki", f"{counts.refused:,}"),
        ("Daily quota", _quota(quota)),
    ]
    lines = [f"|-\n| {name} || {value}" for name, value in rows]
    return "\n".join(['{| class="wikitable"', *lines, "|}"])


def _quota(quota: Quota) -> str:
    spent = "" if quota.edits_left and quota.flags_left else ": spent for today (UTC)"
    return f"{quota.flags_per_day:,} suggestions, {quota.edits_per_day:,} edits{spent}"


def _minutes(seconds: float | None) -> str:
    return "unknown" if seconds is None else f"{seconds / MINUTE_S:,.0f} min"
