"""`/queue`: what is suggested, what weighs most first, page by page."""

from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from fastapi import Query, Request
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from bot.ledger import Place, Sought
from bot.settings.rules import Tier
from bot.settings.values import Medium
from bot.web.access import Shared
from bot.web.pages.deciding import CHOICES
from bot.web.pages.frame import page
from bot.web.pages.items import cards
from bot.web.pages.route import pages

router = pages()
ON_A_PAGE: Final = 20
PLACE: Final = r"^[0-9]{1,3}(\.[0-9]{1,17})?_[0-9]{1,18}$"
Status = Literal["open", "decided", "all"]
UNPROCESSABLE: Final = 422


@router.get("/queue")
def queue(
    request: Request,
    parts: Shared,
    *,
    tier: Tier | Literal[""] = "",
    label: Annotated[str, Query(max_length=64)] = "",
    medium: Medium | Literal[""] = "",
    status: Status = "open",
    after: Annotated[str, Query(pattern=PLACE)] = "",
) -> HTMLResponse:
    """Show suggestions with their pictures, blurred."""
    labels = parts.scorer.engine.labels
    if label and label not in labels:
        raise HTTPException(UNPROCESSABLE, f"label: one of {', '.join(labels)}")
    sought = Sought(
        tier=tier or None,
        medium=medium or None,
        label=label or None,
        labels=labels,
        decided=None if status == "all" else status == "decided",
    )
    worklist = parts.ledger.worklist
    found = worklist.page(sought, limit=ON_A_PAGE + 1, after=_place(after))
    asked = {"tier": tier, "label": label, "medium": medium, "status": status}
    shown = found[:ON_A_PAGE]
    return page(
        request,
        "queue.html",
        cards=cards(parts.ledger, shown, parts.settings.wiki, parts.settings.reviews),
        total=worklist.count(sought),
        asked=asked,
        labels=labels,
        choices=CHOICES,
        first=not after,
        beginning=_address(asked),
        following=_address(asked, shown[-1].place) if len(found) > ON_A_PAGE else "",
    )


def _place(text: str) -> Place | None:
    if not text:
        return None
    weight, _, key = text.partition("_")
    return Place(float(weight), int(key))


def _address(asked: dict[str, str], after: Place | None = None) -> str:
    given = {name: value for name, value in asked.items() if value}
    place = {"after": f"{after.weight}_{after.id}"} if after else {}
    return f"/queue?{urlencode({**given, **place})}"
