"""What the rules want to know of a file beyond its scores; asked for only when it matters.

Most uploads reach no threshold, and cost nothing here. For the others one request serves a batch.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.commons import FileInfo
from bot.config import Settings
from bot.ledger import Job, Ledger, Review
from bot.people import file_pages, uploaders
from bot.review.consensus import settle
from bot.review.outcomes import Answer
from bot.rules import Facts, Record, View, needs
from bot.rules.conditions import Need
from bot.settings.reviewing import ReviewSettings
from bot.wikiapi import WikiApi

REMEMBERED = 500  # of an uploader's earlier suggestions


@dataclass(frozen=True, slots=True)
class Case:
    """One scored file, before the rules are applied."""

    job: Job
    info: FileInfo
    views: Sequence[View]


class Background:
    """Asks the wiki and the ledger."""

    def __init__(self, api: WikiApi, ledger: Ledger) -> None:
        self._api = api
        self._ledger = ledger

    def facts(self, cases: Sequence[Case], settings: Settings) -> list[Facts]:
        """Return what has to be known of each case.

        Raises:
            RetryLater: the wiki or the ledger cannot answer now.
            Refused: the wiki does not accept the request.
        """
        known = [facts_of(case.job, case.info) for case in cases]
        wanted = [
            needs(settings.rules, case.views, one) for case, one in zip(cases, known, strict=True)
        ]
        people = uploaders(self._api, _of(cases, wanted, "uploader", "user"))
        pages = file_pages(self._api, _of(cases, wanted, "page", "title"))
        return [
            replace(
                one,
                uploader=people[case.job.user] if "uploader" in need else None,
                page=pages[case.job.title] if "page" in need else None,
                record=self._record(case.job, settings.reviews) if "record" in need else None,
            )
            for case, one, need in zip(cases, known, wanted, strict=True)
        ]

    def _record(self, job: Job, settings: ReviewSettings) -> Record:
        if not job.user:  # hidden, so that their uploads are not to be put together
            return Record()
        log_ids = self._ledger.history.suggested_of(job.user, job.log_id, limit=REMEMBERED)
        reviews: dict[int, list[Review]] = {}
        for review in self._ledger.reviews.of(log_ids):
            reviews.setdefault(review.log_id, []).append(review)
        answers = Counter(settle(some, settings).answer for some in reviews.values())
        return Record(
            suggested=len(log_ids), confirmed=answers[Answer.HIT], fine=answers[Answer.MISS]
        )


def facts_of(job: Job, info: FileInfo) -> Facts:
    """Return what is known without asking anybody."""
    return Facts(
        medium=info.medium or "image",
        mime=info.mime,
        bytes=info.size,
        pixels=info.width * info.height,
        uploaded_at=job.uploaded_at,
        judged_at=datetime.now(UTC),
    )


def _of(cases: Sequence[Case], wanted: Sequence[set[Need]], need: Need, field: str) -> list[str]:
    """Return the names to ask about, of the cases that need it."""
    return [
        getattr(case.job, field)
        for case, needed in zip(cases, wanted, strict=True)
        if need in needed
    ]
