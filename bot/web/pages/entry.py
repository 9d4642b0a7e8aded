"""`/queue/{log_id}`: all that is known of one upload; `/files`: the way there by a title."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Final

from fastapi import Path, Query, Request, status
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException

from bot.ledger import KnownUpload, Review
from bot.settings.intake import WikiSettings
from bot.web.access import Shared
from bot.web.fetching import Pictures, title_of
from bot.web.looks import Item, look, worked_on
from bot.web.pages.access import Visitor, may_have_scored
from bot.web.pages.deciding import CHOICES
from bot.web.pages.frame import page
from bot.web.pages.route import pages
from bot.web.pages.verdicts import shown
from bot.web.pages.wiki import index, links_of, picture_of
from bot.web.parts import Parts
from bot.web.reviewers import Reviewer
from bot.web.shapes import Result

router = pages()
costly = pages(guard=may_have_scored)
LogId = Annotated[int, Path(ge=1, le=2**62)]
NOT_FOUND: Final = status.HTTP_404_NOT_FOUND


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody decided, and where that can be seen on the wiki."""

    review: Review
    address: str


@router.get("/queue/{log_id}")
def entry(request: Request, parts: Shared, visitor: Visitor, log_id: LogId) -> HTMLResponse:
    """Show scores, verdicts with their reasons, provenance, and what people decided."""
    return _page(request, parts, visitor, _found(parts, log_id))


@costly.post("/queue/{log_id}/heat-map")
async def heat_map(
    request: Request, parts: Shared, visitor: Visitor, log_id: LogId
) -> HTMLResponse:
    """Show the same with a heat map, for which the file is fetched and scored anew.

    Of a video, stills of the moment that weighs most are fetched instead.
    """
    upload = _found(parts, log_id)
    async with worked_on(parts, 1):
        item = Item(upload.title, fetch=_pictures_of(parts, upload))
        seen = await look(parts, item, explain=True)
    return _page(request, parts, visitor, upload, seen)


@router.get("/files")
def by_title(
    parts: Shared, title: Annotated[str, Query(min_length=1, max_length=300)]
) -> RedirectResponse:
    """Lead to the newest upload under a title."""
    wanted = title_of(title)
    found = parts.ledger.lookup.uploads(wanted)
    if not found:
        raise HTTPException(NOT_FOUND, f"the bot has seen no upload of {wanted}")
    return RedirectResponse(f"/queue/{found[0].log_id}", status.HTTP_303_SEE_OTHER)


def _found(parts: Parts, log_id: int) -> KnownUpload:
    upload = parts.ledger.lookup.upload(log_id)
    if upload is None:
        raise HTTPException(NOT_FOUND, f"the bot has seen no upload {log_id}")
    return upload


def _pictures_of(parts: Parts, upload: KnownUpload) -> Callable[[], Pictures]:
    newest = next(iter(parts.ledger.lookup.verdicts([upload.log_id])), None)
    if newest is None or newest.medium != "video":
        return partial(parts.wikimedia.by_title, upload.title)
    place = shown(newest, parts.settings.rules, parts.settings.serve.explicit).place
    return partial(parts.wikimedia.by_moment, upload.title, place)


def _page(
    request: Request,
    parts: Parts,
    visitor: Reviewer | None,
    upload: KnownUpload,
    heated: Result | None = None,
) -> HTMLResponse:
    ledger, settings = parts.ledger, parts.settings
    log_id, wiki = upload.log_id, settings.wiki
    suggestion = next(iter(ledger.suggestions.of([log_id])), None)
    verdicts = ledger.lookup.verdicts([log_id])
    own = ledger.desk.standing(log_id=log_id, reviewer=visitor.name) if visitor else None
    return page(
        request,
        "entry.html",
        upload=upload,
        others=[one for one in ledger.lookup.uploads(upload.title) if one.log_id != log_id],
        suggestion=suggestion,
        verdicts=[shown(one, settings.rules, settings.serve.explicit) for one in verdicts],
        effects=ledger.lookup.effects(log_id),
        said=[_said(one, wiki) for one in ledger.reviews.of([log_id])],
        own=own,
        picture_of_file=picture_of(wiki, upload.title),
        links=links_of(wiki, upload.title, upload.user),
        choices=CHOICES,
        heated=heated,
        explains=not parts.tokens or bool(visitor and visitor.may_decide),
    )


def _said(review: Review, wiki: WikiSettings) -> Said:
    match review.source:
        case "page" | "kept":
            return Said(review, index(wiki, f"Special:Diff/{review.reference}"))
        case "deletion":
            return Said(review, index(wiki, f"Special:Redirect/logid/{review.reference}"))
    return Said(review, "")
