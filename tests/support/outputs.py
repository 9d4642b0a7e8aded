"""Suggestions for the tests of what is published."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.events import Upload
from bot.ledger import Decision, Intent, Ledger, Scored
from bot.publish import Page
from bot.publish.dryrun import DryRunWiki
from bot.publish.output import LOG_PAGE

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MONDAY, TUESDAY = "User:RigBot/Log/2026-11-23", "User:RigBot/Log/2026-11-24"


def an_entry(log_id: int, **changes: Any) -> dict[str, Any]:
    """Return what the outbox holds of one suggestion."""
    whole = {
        "log_id": log_id,
        "title": f"File:{log_id}.jpg",
        "sha1": f"{log_id:040x}",
        "user": "Alice",
        "uploaded_at": NOON.isoformat(timespec="minutes"),
        "rule": "explicit",
        "confidence": 0.9312,
        "place": "",
        "scores": {"neutral": 0.06, "porn": 0.91, "drawing": 0.02},
        "model": "default/1",
        "partial": False,
        "disagreement": None,
    }
    return {**whole, **changes}


def suggest(
    ledger: Ledger, log_id: int, *, kinds: dict[str, str] | None = None, **changes: Any
) -> None:
    """Bring an upload to a verdict that calls for effects: page by kind, one log page by default.

    An `entry` of its own can be given by `changes`.
    """
    upload = Upload(
        log_id=log_id,
        action="upload",
        title=f"File:{log_id}.jpg",
        user="Alice",
        by_bot=False,
        sha1=f"{log_id:040x}",
        uploaded_at=NOON,
    )
    ledger.intake.record("test", [upload], None)
    (job,) = ledger.queue.claim(limit=1, lease_s=60, max_attempts=9)
    scored = Scored(sha1=f"{log_id:040x}", model="m", medium="image", views=[], partial=False)
    entry = an_entry(log_id, **changes)
    pages = {LOG_PAGE: MONDAY} if kinds is None else kinds
    intents = [Intent(kind=kind, page=page, entry=entry) for kind, page in pages.items()]
    assert ledger.queue.finish(job, decision=Decision("review"), scored=scored, intents=intents)


class TroubledWiki(DryRunWiki):
    """A folder that counts, and meets the troubles that a test orders.

    Attributes:
        mode: As a live wiki's, so that pages may be absent.
        before: By title, what the next save meets instead of saving.
        after: By title, what the next save meets once it has saved, as a lost answer does.
        filtered: A text that no saved page may hold.
        tags: By log id, how often it was tagged anew.
        untaggable: By log id, why.
        digests: By title, the sha1 of a file.
    """

    mode = "live"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.checks = self.saves = 0
        self.before: dict[str, list[Exception]] = {}
        self.after: dict[str, list[Exception]] = {}
        self.filtered: tuple[str, Exception] | None = None
        self.tags: dict[int, int] = {}
        self.untaggable: dict[int, str] = {}
        self.digests: dict[str, str] = {}
        self.check()
        self.checks = 0

    def check(self) -> None:
        """Count."""
        self.checks += 1
        super().check()

    def save(self, page: Page, text: str, summary: str) -> int:
        """Save, unless a trouble is met."""
        if self.filtered and self.filtered[0] in text:
            raise self.filtered[1]
        _meet(self.before, page.title)
        self.saves += 1
        revision = super().save(page, text, summary)
        _meet(self.after, page.title)
        return revision

    def sha1(self, title: str) -> str | None:
        """Return what the test said."""
        return self.digests.get(title)

    def tag(self, log_ids: Any, name: str, reason: str) -> dict[int, str]:
        """Count each new tag."""
        _meet(self.before, name)
        assert reason
        for log_id in set(log_ids) - set(self.untaggable) - set(self.tags):
            self.tags[log_id] = 1
        _meet(self.after, name)
        return {key: why for key, why in self.untaggable.items() if key in log_ids}

    def write(self, title: str, text: str) -> None:
        """Edit a page as somebody else."""
        self.path(title).write_text(text, encoding="utf-8")


def _meet(troubles: dict[str, list[Exception]], title: str) -> None:
    if troubles.get(title):
        raise troubles[title].pop(0)
