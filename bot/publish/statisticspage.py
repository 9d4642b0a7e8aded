"""What people made of the suggestions, on a page."""

from bot.ledger import Ledger
from bot.publish.keptpage import KeptPage
from bot.publish.wiki import ReviewWiki
from bot.settings.publishing import PublishSettings
from bot.settings.reviewing import ReviewSettings
from bot.statistics.recent import DAYS, recent
from bot.statistics.wikitext import tables

INTRODUCTION = (
    f"__NOINDEX__\nWhat people made of the suggestions of the last {DAYS} days. The bot keeps the "
    "tables below up to date by itself.\n"
)


class StatisticsPage(KeptPage):
    """Keeps the figures."""

    def __init__(
        self,
        ledger: Ledger,
        wiki: ReviewWiki,
        settings: PublishSettings,
        reviews: ReviewSettings,
    ) -> None:
        super().__init__(
            ledger,
            wiki,
            settings,
            page=settings.statistics_page,
            name="statistics",
            introduction=INTRODUCTION,
            table=lambda: tables(recent(ledger, reviews)),
        )
