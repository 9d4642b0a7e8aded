"""Hands what a backfill found to the bot, if `backfill.suggest` says so: as uploads of long ago.

The bot finds their scores known, applies its rules, and suggests them within its daily quotas.
"""

from collections.abc import Sequence
from typing import Final

import structlog

from bot.events import Upload
from bot.ledger import Ledger, OldFlag
from bot.logevents import WikiLog
from bot.settings.intake import StreamSettings

log = structlog.get_logger(__name__)

FLAGS_PER_TURN: Final = 10  # a request each


class Suggester:
    """Looks up the log entry of each file: the bot knows uploads by their log ids."""

    def __init__(self, ledger: Ledger, wiki_log: WikiLog, stream: StreamSettings) -> None:
        self._backfills = ledger.backfills
        self._intake = ledger.intake
        self._log = wiki_log
        self._stream = stream

    def turn(self) -> int:
        """Hand on a few files; return how many.

        Raises:
            RetryLater: the wiki or the ledger is busy or away.
            Refused: the wiki does not let us read its log.
        """
        flags = self._backfills.unsuggested(limit=FLAGS_PER_TURN)
        for flag in flags:
            entry = _entry_of(flag, self._log.of_file(flag.title))
            if entry:
                self._intake.record(self._stream.url, [entry], None)
            log.info("backfill.suggested", title=flag.title, key=entry and entry.log_id)
            self._backfills.mark_suggested(flag.id)
        return len(flags)


def _entry_of(flag: OldFlag, entries: Sequence[Upload]) -> Upload | None:
    """Return the newest entry that brought this content; old entries do not tell which."""
    return next((one for one in reversed(entries) if one.sha1 in (None, flag.sha1)), None)
