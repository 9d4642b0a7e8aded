"""`GET /v1/flags`: what was suggested, paged and filtered, also as Atom and JSON Feed."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import AwareDatetime, BaseModel, Field

from bot.ledger import Flag, Wanted
from bot.settings.rules import Tier
from bot.settings.values import Medium
from bot.web import feeds
from bot.web.access import Shared, may_read
from bot.web.files import moment, page_of
from bot.web.parts import Parts
from bot.web.problems import responses
from bot.web.shapes import Scores

router = APIRouter(tags=["what the bot knows"], dependencies=[Depends(may_read)])
ERRORS = responses(401, 422, 429, 503)


class ShownFlag(BaseModel):
    """One suggestion: a program's, and no judgement."""

    id: int
    log_id: int
    title: str
    page: str
    tier: str
    rule: str
    reason: str
    confidence: float
    place: str
    scores: Scores
    medium: str
    model: str
    partial: bool
    suggested_at: datetime
    sent_at: datetime | None = Field(description="When it was written to the wiki, if it was.")
    decided: bool = Field(description="A person has decided.")


class FlagPage(BaseModel):
    """Suggestions, the newest first. `next` is the `below` of the following page."""

    flags: list[ShownFlag]
    next: int | None = None


async def _wanted(
    *,
    since: Annotated[AwareDatetime | None, Query(description="Suggested then or later.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Suggested before then.")] = None,
    rule: Annotated[str | None, Query(max_length=32)] = None,
    tier: Tier | None = None,
    medium: Medium | None = None,
    status: Annotated[
        Literal["open", "decided"] | None, Query(description="Has a person decided?")
    ] = None,
) -> Wanted:
    return Wanted(
        since=since.timestamp() if since else None,
        until=until.timestamp() if until else None,
        rule=rule,
        tier=tier,
        medium=medium,
        decided=None if status is None else status == "decided",
    )


Filters = Annotated[Wanted, Depends(_wanted)]
Limit = Annotated[int, Query(ge=1, le=500)]
Below = Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")]


@router.get("/v1/flags", summary="Suggestions, page by page", responses=ERRORS)
def flags(parts: Shared, wanted: Filters, limit: Limit = 50, below: Below = None) -> FlagPage:
    """Return suggestions, the newest first."""
    found = parts.ledger.flags.page(wanted, limit=limit + 1, below=below)
    shown = [_shown(flag, parts) for flag in found[:limit]]
    return FlagPage(flags=shown, next=shown[-1].id if len(found) > limit else None)


@router.get(
    "/v1/flags.atom",
    summary="Suggestions as an Atom feed",
    response_class=Response,
    responses={200: {"content": {feeds.ATOM: {}}}, **ERRORS},
)
def atom(request: Request, parts: Shared, wanted: Filters, limit: Limit = 50) -> Response:
    """Return the newest suggestions (RFC 4287)."""
    found = parts.ledger.flags.page(wanted, limit=limit)
    entries = [_entry(flag, parts) for flag in found]
    return Response(feeds.atom(str(request.url), entries), media_type=feeds.ATOM)


@router.get(
    "/v1/flags.json",
    summary="Suggestions as a JSON Feed",
    response_class=JSONResponse,
    responses={200: {"content": {feeds.JSON_FEED: {}}}, **ERRORS},
)
def json_feed(request: Request, parts: Shared, wanted: Filters, limit: Limit = 50) -> JSONResponse:
    """Return the newest suggestions (https://www.jsonfeed.org/version/1.1/)."""
    found = parts.ledger.flags.page(wanted, limit=limit)
    body = feeds.json_feed(str(request.url), [_entry(flag, parts) for flag in found])
    return JSONResponse(body, media_type=feeds.JSON_FEED)


def _shown(flag: Flag, parts: Parts) -> ShownFlag:
    # Entries of older versions lack some keys.
    entry, title = flag.entry, flag.entry.get("title", flag.title)
    return ShownFlag(
        id=flag.id,
        log_id=flag.log_id,
        title=title,
        page=page_of(title, parts.settings.wiki),
        tier=entry.get("tier", "medium"),
        rule=entry["rule"],
        reason=entry.get("reason", ""),
        confidence=entry["confidence"],
        place=entry.get("place", ""),
        scores=entry["scores"],
        medium=flag.medium,
        model=flag.model,
        partial=entry.get("partial", False),
        suggested_at=moment(flag.created_at),
        sent_at=moment(flag.sent_at) if flag.sent_at else None,
        decided=flag.decided,
    )


def _entry(flag: Flag, parts: Parts) -> feeds.Entry:
    shown = _shown(flag, parts)
    where = f" at {shown.place}" if shown.place else ""
    return feeds.Entry(
        key=shown.log_id,
        title=shown.title,
        link=shown.page,
        at=shown.suggested_at,
        text=f"Automated suggestion, {shown.tier}: {shown.reason or shown.rule}, "
        f"{shown.confidence:.2f}{where}",
    )
