"""`GET /v1/files/{title}`: what the bot knows of a file."""

from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from bot.ledger import KnownUpload, KnownVerdict, Review
from bot.settings.intake import WikiSettings
from bot.web.access import Shared, may_read
from bot.web.fetching import title_of
from bot.web.problems import responses
from bot.web.shapes import SCORES, VERSION, ShownView

router = APIRouter(tags=["what the bot knows"], dependencies=[Depends(may_read)])


class Verdict(BaseModel):
    """What the rules said of an upload, and the scores that they said it of."""

    verdict: str = Field(description="review, ignored, cleared or cleared-in-part")
    rule: str | None = Field(description="The rule that decided.")
    confidence: float | None = Field(description="What that rule's labels added up to.")
    decided_at: datetime
    sha1: str
    model: str
    medium: str
    partial: bool
    views: list[ShownView]


class Decision(BaseModel):
    """What a person decided."""

    outcome: str
    reason: str | None
    source: str = Field(
        description="Where it was decided: page, category, deletion, kept, dashboard."
    )
    reviewer: str
    reviewed_at: datetime
    counts: bool = Field(description="Neither withdrawn nor set aside.")


class FileUpload(BaseModel):
    """One upload under the title."""

    log_id: int
    action: str
    state: str = Field(description="waiting, leased, scored, skipped or dead")
    reason: str | None = Field(description="Why it was skipped, or the last error's class.")
    seen_at: datetime
    finished_at: datetime | None
    verdicts: list[Verdict] = Field(description="The newest first.")
    decisions: list[Decision] = Field(description="The earliest first.")


class KnownFile(BaseModel):
    """Uploads under a title, the newest first."""

    title: str
    page: str = Field(description="Address of the file's page.")
    uploads: list[FileUpload]


EXAMPLE: Final = {
    "title": "File:Example.jpg",
    "page": "https://commons.wikimedia.org/wiki/File:Example.jpg",
    "uploads": [
        {
            "log_id": 1,
            "action": "upload",
            "state": "scored",
            "reason": None,
            "seen_at": "2026-11-22T14:31:46Z",
            "finished_at": "2026-11-22T14:31:49Z",
            "verdicts": [
                {
                    "verdict": "cleared",
                    "rule": None,
                    "confidence": None,
                    "decided_at": "2026-11-22T14:31:49Z",
                    "sha1": 40 * "0",
                    "model": VERSION,
                    "medium": "image",
                    "partial": False,
                    "views": [{"place": "", "scores": SCORES}],
                }
            ],
            "decisions": [],
        }
    ],
}


@router.get(
    "/v1/files/{title:path}",
    summary="What the bot knows of a file",
    responses={
        200: {"content": {"application/json": {"example": EXAMPLE}}},
        **responses(401, 404, 422, 429, 503),
    },
)
def known(title: str, parts: Shared) -> KnownFile:
    """Return uploads under a title with their scores, verdicts, and what people decided."""
    wanted, lookup = title_of(title), parts.ledger.lookup
    found = lookup.uploads(wanted)
    if not found:
        raise HTTPException(404, f"the bot has seen no upload of {wanted}")
    log_ids = [upload.log_id for upload in found]
    verdicts, reviews = lookup.verdicts(log_ids), parts.ledger.reviews.of(log_ids)
    return KnownFile(
        title=wanted,
        page=page_of(wanted, parts.settings.wiki),
        uploads=[
            _upload(
                upload,
                [one for one in verdicts if one.log_id == upload.log_id],
                [one for one in reviews if one.log_id == upload.log_id],
            )
            for upload in found
        ],
    )


def page_of(title: str, wiki: WikiSettings) -> str:
    """Return the address of a file's page."""
    parts = urlsplit(wiki.api)
    return f"{parts.scheme}://{parts.netloc}/wiki/{quote(title.replace(' ', '_'), safe=':/')}"


def moment(seconds: float) -> datetime:
    """Return a time of the ledger's."""
    return datetime.fromtimestamp(seconds, UTC)


def _upload(upload: KnownUpload, verdicts: list[KnownVerdict], reviews: list[Review]) -> FileUpload:
    return FileUpload(
        log_id=upload.log_id,
        action=upload.action,
        state=upload.state,
        reason=upload.reason,
        seen_at=moment(upload.seen_at),
        finished_at=moment(upload.finished_at) if upload.finished_at else None,
        verdicts=[_verdict(one) for one in verdicts],
        decisions=[_decision(one) for one in reviews],
    )


def _verdict(one: KnownVerdict) -> Verdict:
    return Verdict(
        verdict=one.verdict,
        rule=one.rule,
        confidence=one.confidence,
        decided_at=moment(one.decided_at),
        sha1=one.sha1,
        model=one.model,
        medium=one.medium,
        partial=one.partial,
        views=[ShownView(place=view["place"], scores=view["scores"]) for view in one.views],
    )


def _decision(one: Review) -> Decision:
    return Decision(
        outcome=one.outcome,
        reason=one.reason,
        source=one.source,
        reviewer=one.reviewer,
        reviewed_at=moment(one.reviewed_at),
        counts=one.counts,
    )
