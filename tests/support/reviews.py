"""Suggestions and what people say of them, made without a wiki."""

from datetime import UTC, datetime
from typing import Any

from bot.ledger import Bookmark, Decision, Findings, Intent, Ledger, Review, Scored
from support.ledgers import LEASE_S, MAX_ATTEMPTS, MODEL, STREAM
from support.uploads import upload

NOVEMBER = datetime(2026, 11, 22, tzinfo=UTC).timestamp()
PAGE = "User:RigBot/Log/2026-11-22"


def review(log_id: int, outcome: str, **changes: Any) -> Review:
    """Return one decision; each has to be given a `reference` of its own to be stored."""
    whole = {
        "log_id": log_id,
        "source": "page",
        "reference": 1,
        "outcome": outcome,
        "reviewer": "Reviewer",
        "reviewed_at": NOVEMBER,
    }
    return Review(**{**whole, **changes})


FINDINGS = Findings(
    bookmark=Bookmark(source="page", place=PAGE, position=7), reviews=[review(1, "ok")]
)


def suggest(ledger: Ledger, log_id: int, **changes: Any) -> None:
    """Bring one upload through the ledger to a suggestion.

    `changes` are of the entry; besides `kind`, `sha1`, `user`, `medium`, `fingerprint` and `page`.
    """
    kind, page = changes.pop("kind", "log-page"), changes.pop("page", PAGE)
    medium, fingerprint = changes.pop("medium", "image"), changes.pop("fingerprint", "")
    title = changes.pop("title", f"File:{log_id}.jpg")
    about = {name: changes.pop(name) for name in ("sha1", "user") if name in changes}
    made = upload(log_id, title=title, **about)
    ledger.intake.record(STREAM, [made], None)
    jobs = ledger.queue.claim(limit=1, lease_s=LEASE_S, max_attempts=MAX_ATTEMPTS)
    (job,) = jobs
    assert job.sha1
    entry = {
        "log_id": log_id,
        "title": job.title,
        "rule": "explicit",
        "confidence": 0.9,
        "scores": {"porn": 0.9, "neutral": 0.1},
        **changes,
    }
    views = [{"scores": entry["scores"], "place": "", "fingerprint": fingerprint}]
    ledger.queue.finish(
        job,
        decision=Decision("review" if kind == "log-page" else "cleared"),
        scored=Scored(sha1=job.sha1, model=MODEL, medium=medium, views=views, partial=False),
        intents=[Intent(kind=kind, page=page, entry=entry)],
    )


def decide(ledger: Ledger, *reviews: Review) -> int:
    """Store decisions; return how many were new."""
    return ledger.reviews.record(Findings(reviews=reviews))
