"""The outputs that the settings ask for, each with the wiki it is sent to."""

from collections.abc import Callable

from bot.config import Settings
from bot.home import home
from bot.ledger import Ledger
from bot.patience import Patience
from bot.publish.category import ReviewCategory
from bot.publish.changetag import ChangeTag
from bot.publish.dryrun import DryRunWiki
from bot.publish.logpages import LogPages
from bot.publish.output import CATEGORY, LOG_PAGE, TAG, Output
from bot.publish.publisher import Publisher
from bot.publish.quota import rationed
from bot.publish.statisticspage import StatisticsPage
from bot.publish.statuspage import StatusPage
from bot.publish.wiki import ReviewWiki
from bot.settings.publishing import PublishSettings, Send
from bot.settings.values import Section


class FollowingPublisher:
    """A publisher that follows the settings in force.

    Args:
        ledger: Holds what is to be sent.
        patience: The gate of all requests to the wiki.
        require: Called before a turn and before every edit; raises where the wiki says stop.
    """

    def __init__(
        self, ledger: Ledger, patience: Patience, require: Callable[[Settings], None]
    ) -> None:
        self._ledger = ledger
        self._patience = patience
        self._require = require
        self._settings: Settings | None = None
        self._made_for: tuple[Section, ...] = ()
        self._publisher = Publisher(())

    def turn(self, settings: Settings) -> int:
        """Send everything that is due, and return 0: edits are paced, not made as fast as possible.

        Raises:
            RetryLater: the wiki is busy, or a page changed meanwhile; nothing is lost.
            Stop: the wiki will not take edits from this account.
        """
        self._settings = settings
        self._permit()
        if _sending(settings) != self._made_for:
            self._publisher.close()
            wikis = Wikis(settings, self._patience, self._permit)
            self._publisher = Publisher(outputs(self._ledger, settings, wikis))
            self._made_for = _sending(settings)
        self._publisher.turn()
        return 0

    def close(self) -> None:
        """Let go of the wikis."""
        self._publisher.close()

    def _permit(self) -> None:
        if self._settings:
            self._require(self._settings)


def _sending(settings: Settings) -> tuple[Section, ...]:
    return settings.publish, settings.reviews


def outputs(ledger: Ledger, settings: Settings, wikis: "Wikis") -> list[Output]:
    """Return what sends the ledger's effects to where the settings say."""
    publish, reviews = settings.publish, settings.reviews
    outbox = rationed(ledger, publish)
    made: list[Output] = []
    if wanted(publish, LOG_PAGE):
        made.append(LogPages(outbox, wikis.of(publish.log_page.send), publish))
    if wanted(publish, TAG):
        made.append(ChangeTag(outbox, wikis.of(publish.tag.send), publish))
    if wanted(publish, CATEGORY):
        made.append(ReviewCategory(outbox, wikis.of(publish.category.send), publish))
    if publish.status_page.send != "none":
        made.append(StatusPage(ledger, wikis.of(publish.status_page.send), publish, reviews))
    if publish.statistics_page.send != "none":
        wiki = wikis.of(publish.statistics_page.send)
        made.append(StatisticsPage(ledger, wiki, publish, reviews))
    return made


def wanted(settings: PublishSettings, kind: str) -> bool:
    """Tell whether effects of a kind are to be sent anywhere."""
    sends = {
        LOG_PAGE: settings.log_page.send,
        CATEGORY: settings.category.send,
        TAG: settings.tag.send,
    }
    return sends[kind] != "none"


class Wikis:
    """One wiki for each way of sending, made when it is first wanted."""

    def __init__(self, settings: Settings, patience: Patience, permit: Callable[[], None]) -> None:
        self._settings = settings
        self._patience = patience
        self._permit = permit
        self._made: dict[bool, ReviewWiki] = {}

    def of(self, send: Send) -> ReviewWiki:
        """Return the wiki itself, or the folder that stands for it in a dry run."""
        live = send == "live" and self._settings.publish.mode == "live"
        if live not in self._made:
            self._made[live] = self._live() if live else DryRunWiki(home() / "dry-run")
        return self._made[live]

    def _live(self) -> ReviewWiki:
        from bot.publish.live import LiveWiki  # noqa: PLC0415 - a dry run needs no pywikibot

        return LiveWiki(self._settings, home() / "pywikibot", self._patience, self._permit)
