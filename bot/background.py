"""What the rules want to know of a file beyond its scores; asked for only when it matters.

Most uploads reach no threshold, and cost nothing here. For the others one request serves a batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.commons import FileInfo
from bot.ledger import Job, Ledger
from bot.people import file_pages, uploaders
from bot.rules import Facts, View, needs
from bot.rules.conditions import Need
from bot.settings.rules import Rule
from bot.wikiapi import WikiApi


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
        self._history = ledger.history

    def facts(self, cases: Sequence[Case], rules: Sequence[Rule]) -> list[Facts]:
        """Return what has to be known of each case.

        Raises:
            RetryLater: the wiki or the ledger cannot answer now.
            Refused: the wiki does not accept the request.
        """
        known = [facts_of(case.job, case.info) for case in cases]
        wanted = [needs(rules, case.views, one) for case, one in zip(cases, known, strict=True)]
        people = uploaders(self._api, _of(cases, wanted, "uploader", "user"))
        pages = file_pages(self._api, _of(cases, wanted, "page", "title"))
        return [
            replace(
                one,
                uploader=people[case.job.user] if "uploader" in need else None,
                page=pages[case.job.title] if "page" in need else None,
                suggested_before=self._suggested(case.job) if "suggested_before" in need else None,
            )
            for case, one, need in zip(cases, known, wanted, strict=True)
        ]

    def _suggested(self, job: Job) -> int:
        return self._history.suggested_before(job.user, job.log_id) if job.user else 0


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
