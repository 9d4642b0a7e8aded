"""Reads decisions back, one source after the other, and stores what is new.

Each place's words are stored with the bookmark behind them, so that a reader that is killed reads
on where it was, and reads nothing twice to any effect.
"""

from collections.abc import Iterator, Sequence

import structlog

from bot.commons import Commons
from bot.config import Settings
from bot.errors import Refused
from bot.ledger import Findings, Ledger, Review, Withdrawal
from bot.review import categories, deletions, kept, pages
from bot.review.reviewers import Groups, Reviewers, set_aside
from bot.review.words import Reading, Word
from bot.settings.reviewing import ReviewSettings, Source

log = structlog.get_logger(__name__)

CATEGORY_NAMESPACE = "Category:"


class ReviewReader:
    """Looks at the wiki once a turn."""

    def __init__(self, ledger: Ledger, commons: Commons, *, own_name: str) -> None:
        self._ledger = ledger
        self._commons = commons
        self._reviewers = Reviewers(commons.api, own_name=own_name)
        self._refusals: dict[Source, str] = {}

    def turn(self, settings: Settings) -> int:
        """Read every source on; return whether there is more to read at once.

        A source about which the wiki refuses to answer holds up none of the others.

        Raises:
            RetryLater: the wiki or the ledger is busy; what was stored stays, the rest comes later.
        """
        more = 0
        for source in settings.reviews.sources:
            try:
                for reading in self._readings(source, settings):
                    self._store(reading, settings.reviews)
                    more += reading.more
                self._refusals.pop(source, None)
            except Refused as error:
                self._complain(source, str(error))
        return more

    def _complain(self, source: Source, error: str) -> None:
        """Log a refusal, once for as long as it lasts."""
        if self._refusals.get(source) != error:
            log.warning("review.refused", source=source, error=error)
        self._refusals[source] = error

    def _readings(self, source: Source, settings: Settings) -> Iterator[Reading]:
        api, ledger = self._commons.api, self._ledger
        if source == "page":
            yield from pages.readings(api, ledger, settings.reviews)
        elif source == "category" and settings.publish.category.send == "none":
            return
        elif source == "category":
            category = f"{CATEGORY_NAMESPACE}{settings.publish.category.name}"
            yield from categories.readings(api, ledger, category)
        elif source == "deletion":
            yield from deletions.readings(self._commons, ledger)
        else:
            yield from kept.readings(api, ledger)

    def _store(self, reading: Reading, settings: ReviewSettings) -> None:
        groups = self._reviewers.groups(word.reviewer for word in reading.words)
        findings = _findings(reading, groups, settings)
        new = self._ledger.reviews.record(findings)
        if new:
            log.info("review.stored", source=reading.source, place=reading.bookmark.place, new=new)


def _findings(reading: Reading, groups: Groups, settings: ReviewSettings) -> Findings:
    aside = [(word, set_aside(word, groups, settings)) for word in reading.words]
    return Findings(
        bookmark=reading.bookmark,
        reviews=[_review(reading.source, *pair) for pair in aside if pair[0].outcome],
        withdrawals=_withdrawals(reading.source, aside),
    )


def _review(source: str, word: Word, why_not: str | None) -> Review:
    return Review(
        log_id=word.suggestion.log_id,
        source=source,
        reference=word.reference,
        outcome=str(word.outcome),
        reason=word.reason,
        reviewer=word.reviewer,
        reviewed_at=word.said_at,
        set_aside=why_not,
    )


def _withdrawals(source: str, aside: Sequence[tuple[Word, str | None]]) -> list[Withdrawal]:
    """Return what was taken back by people whose word counts."""
    return [
        Withdrawal(log_id=word.suggestion.log_id, source=source, reference=word.reference)
        for word, why_not in aside
        if word.outcome is None and not why_not
    ]
