"""How the bot does, on a page."""

from bot.ledger import Counts, Ledger
from bot.publish.keptpage import MINUTE_S, KeptPage, marks
from bot.publish.quota import Quota, quota_of
from bot.publish.wiki import ReviewWiki
from bot.settings.publishing import PublishSettings
from bot.settings.reviewing import ReviewSettings
from bot.statistics.interval import Share
from bot.statistics.recent import recent_precision
from bot.statistics.text import interval

NAME = "status"
BEGIN, END = marks(NAME)
INTRODUCTION = "__NOINDEX__\nHow the bot does. It keeps the table below up to date by itself.\n"
DEFAULT_REVIEWS = ReviewSettings()


class StatusPage(KeptPage):
    """Keeps counts, quota and precision."""

    def __init__(
        self,
        ledger: Ledger,
        wiki: ReviewWiki,
        settings: PublishSettings,
        reviews: ReviewSettings = DEFAULT_REVIEWS,
    ) -> None:
        super().__init__(
            ledger,
            wiki,
            settings,
            page=settings.status_page,
            name=NAME,
            introduction=INTRODUCTION,
            table=lambda: status_table(
                ledger.census.take(),
                quota_of(ledger, settings),
                recent_precision(ledger, reviews),
            ),
        )


def status_table(counts: Counts, quota: Quota, precision: Share) -> str:
    """Return everything as a wikitext table. It names no moment: the page's history does."""
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
        (f"Worth a look, of {precision.total:,} answered", interval(precision)),
    ]
    lines = [f"|-\n| {name} || {value}" for name, value in rows]
    return "\n".join(['{| class="wikitable"', *lines, "|}"])


def _quota(quota: Quota) -> str:
    spent = "" if quota.edits_left and quota.flags_left else ": spent for today (UTC)"
    return f"{quota.flags_per_day:,} suggestions, {quota.edits_per_day:,} edits{spent}"


def _minutes(seconds: float | None) -> str:
    return "unknown" if seconds is None else f"{seconds / MINUTE_S:,.0f} min"
