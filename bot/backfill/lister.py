"""Keeps some shards ahead of the workers, a page of the listing a turn."""

import structlog

from bot.backfill.listing import Listing
from bot.backfill.suggester import Suggester
from bot.errors import Refused
from bot.ledger import Backfill, Backfills
from bot.settings.backfill import BackfillSettings

log = structlog.get_logger(__name__)

BAD_TOKEN = "badcontinue"  # noqa: S105 - MediaWiki's name of an error


class Lister:
    """Lists the files of the running backfills into the ledger. Several may do so at once."""

    def __init__(
        self,
        backfills: Backfills,
        listing: Listing,
        settings: BackfillSettings,
        suggester: Suggester | None = None,
    ) -> None:
        """List by `listing`; hand on suggestions by a `suggester`, if there is one."""
        self._backfills = backfills
        self._suggester = suggester
        self._listing = listing
        self._settings = settings

    def turn(self) -> int:
        """Read one page, for the oldest backfill that needs one; return how much was done.

        Raises:
            RetryLater: the wiki or the ledger is busy or away.
            Refused: the wiki does not list them.
        """
        handed_on = self._suggester.turn() if self._suggester else 0
        for backfill in self._backfills.running():
            if self._backfills.to_list(backfill.id, ahead=self._settings.shards_ahead):
                return handed_on + self._list(backfill)
        return handed_on

    def _list(self, backfill: Backfill) -> int:
        try:
            page = self._listing.page(backfill, self._settings.shard_files)
        except Refused as error:
            if error.code == BAD_TOKEN:
                message = f"backfill {backfill.id}: the wiki does not know {backfill.token!r}"
                raise Refused(f"{message}; cancel it and begin anew") from error
            raise
        shard = self._backfills.add(backfill, page.files, hidden=page.hidden, token=page.token)
        files = len(page.files)
        log.info("backfill.listed", backfill=backfill.id, shard=shard, files=files)
        return files + page.hidden
