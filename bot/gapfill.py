"""Fills the gaps that the stream left, from the wiki's own log, a page of it a turn.

A stream can also lose single events and say nothing of it. So what it brought is compared with the
log, too, every `check_hours`, as if all of it were a gap.
"""

import time
from typing import Final

import structlog

from bot.errors import Refused
from bot.events import Hole
from bot.ledger import ASKED, CHECK, Gap, Ledger
from bot.logevents import PARTS, LogPage, WikiLog
from bot.settings.intake import StreamSettings
from bot.stream import now_position
from bot.wikiapi import MAXLAG_S

log = structlog.get_logger(__name__)

LOOK_S: Final = 5.0  # between looks for a gap
# Replicas further behind do not answer us; so much later they have every entry.
RIPE_S: Final = MAXLAG_S
HOUR_MS: Final = 3_600_000
BAD_TOKEN: Final = "badcontinue"  # noqa: S105 - MediaWiki's name of an error
NEXT_PART: Final = dict(zip(PARTS, [*PARTS][1:], strict=False))


class GapFiller:
    """Reads the log through every gap of one stream, each from its oldest to its newest end."""

    def __init__(self, ledger: Ledger, wiki_log: WikiLog, stream: StreamSettings) -> None:
        self._gaps = ledger.gaps
        self._intake = ledger.intake
        self._log = wiki_log
        self._stream = stream

    def turn(self) -> int:
        """Read one page of the log for the first gap that is ripe; return how many were read.

        Raises:
            RetryLater: the wiki or the ledger is busy or away.
            Refused: the wiki does not let us read its log.
        """
        if self._stream.check_hours:
            self._have_checked()
        ripe_until = (time.time() - RIPE_S) * 1000
        ripe = (gap for gap in self._gaps.open(self._stream.url) if gap.until <= ripe_until)
        gap = next(ripe, None)
        if gap is None:
            return 0
        self._fill(gap)
        return 1

    def _have_checked(self) -> None:
        """Open a gap over what was read since the last check, if that is long enough ago."""
        name = self._stream.url
        position = self._intake.position(name)
        if position is None:
            return
        # What is younger may still be on its way to us.
        until = position - self._stream.overlap_seconds * 1000
        since = self._gaps.checked(name)
        if since is None:
            self._gaps.check(name, until, until)
        elif until - since >= self._stream.check_hours * HOUR_MS:
            self._gaps.check(name, since, until)

    def _fill(self, gap: Gap) -> None:
        part = gap.part or next(iter(PARTS))
        page = self._read(gap, part)
        if page.token:
            new = self._gaps.progress(gap, page.uploads, page.bad, part=part, token=page.token)
        elif part in NEXT_PART:
            after = NEXT_PART[part]
            new = self._gaps.progress(gap, page.uploads, page.bad, part=after, token=None)
        else:
            new = self._gaps.close(gap, page.uploads, page.bad)
            log.info("gap.closed", gap=gap.id, reason=gap.reason, seconds=_seconds(gap))
        known = len(page.uploads) - new
        log.info("gap.read", gap=gap.id, log=part, new=new, known=known, hidden=page.hidden)
        if new and gap.reason == CHECK:
            log.warning("stream.lost", uploads=new, log=part)

    def _read(self, gap: Gap, part: str) -> LogPage:
        # An event reaches the stream a little later than the wiki's log has it.
        since = gap.since - self._stream.overlap_seconds * 1000
        try:
            return self._log.page(part, since, gap.until, gap.token)
        except Refused as error:
            if error.code != BAD_TOKEN or gap.token is None:
                raise
            log.warning("gap.again", gap=gap.id, log=part, error=str(error))
            return self._log.page(part, since, gap.until)


def starting_position(ledger: Ledger, stream: str, since: int | None = None) -> int:
    """Return where to read a stream from, ms since 1970; a first start is remembered.

    Args:
        ledger: Says where an earlier process ended.
        stream: Its address.
        since: All uploads from then on are wanted, seen before or not. What lies before the
            position is left to the wiki's log, as a gap that outlives this process.
    """
    known = ledger.intake.position(stream)
    position = now_position() if known is None else known
    holes = []
    if since is not None and since < position and not ledger.gaps.reaches(stream, since):
        holes = [Hole(since, position, ASKED)]
        log.info("gap.asked", seconds=(position - since) / 1000)
    if known is None or holes:
        ledger.intake.record(stream, [], position, holes=holes)
    return position


def _seconds(gap: Gap) -> float:
    return (gap.until - gap.since) / 1000
