"""`POST /decisions`: what a reviewer who signed in decides about a suggestion, and takes back."""

import asyncio
import time
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request, status
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from bot.ledger import Given, Suggestion
from bot.review.outcomes import Outcome
from bot.review.reviewers import set_aside
from bot.review.words import Word
from bot.web.access import Shared, may_come
from bot.web.parts import Parts
from bot.web.problems import responses
from bot.web.reading import FORM, JSON, UNPROCESSABLE, read_form
from bot.web.reviewers import Reviewer, forbidden, require_token, reviewer_of
from bot.web.signin import local, set_up

router = APIRouter(tags=["decisions"], dependencies=[Depends(may_come)])

SEE_OTHER: Final = status.HTTP_303_SEE_OTHER
# What the buttons say; OTHER is for words on the wiki that mean none of these.
OUTCOMES: Final = tuple(outcome for outcome in Outcome if outcome is not Outcome.OTHER)
WHY_NOT: Final = {
    "bot": "bots do not decide",
    "uploader": "this file is your own",
    "named": "this account is excluded from deciding (reviews.exclude_users)",
    "outsider": "only members of {groups} decide",
}
MOST: Final = 2**62


class DecisionForm(BaseModel):
    """What a decision needs."""

    log_id: int = Field(ge=1, le=MOST)
    outcome: Outcome


class Decided(BaseModel):
    """A decision that stands."""

    id: int
    log_id: int
    outcome: str
    undo: str = Field(description="Where to post, with a csrf token, to take it back.")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"id": 7, "log_id": 1, "outcome": "ok", "undo": "/decisions/7/undo"}]
        }
    )


class Undone(BaseModel):
    """A decision that was taken back."""

    id: int
    undone: bool = Field(description="False: it was taken back before.")

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": 7, "undone": True}]})


TOKEN: Final[dict[str, Any]] = {
    "csrf": {"type": "string", "description": "From the page."},
    "next": {"type": "string", "description": "Where to go on; a local path."},
}


def _body(required: list[str], more: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "required": required, "properties": {**more, **TOKEN}}
    return {"requestBody": {"required": True, "content": {FORM: {"schema": schema}}}}


DECISION: Final = _body(
    ["log_id", "outcome", "csrf"],
    {
        "log_id": {"type": "integer", "minimum": 1, "maximum": MOST},
        "outcome": {"type": "string", "enum": list(OUTCOMES)},
    },
)
ERRORS: Final = responses(400, 403, 404, 408, 413, 415, 422, 429, 502, 503)


@router.post(
    "/decisions",
    summary="Decide about a suggestion",
    response_model=Decided,
    responses={SEE_OTHER: {"description": "For a form: Location is `next`."}, **ERRORS},
    openapi_extra=DECISION,
)
async def decide(request: Request, parts: Shared) -> Response:
    """Store a decision of whoever is signed in. The same again is the same decision."""
    reviewer, form = await _sent(request, parts)
    asked = _decision(form)
    given = await asyncio.to_thread(_decide, parts, reviewer, asked)
    undo = f"/decisions/{given.id}/undo"
    shown = Decided(id=given.id, log_id=given.log_id, outcome=given.outcome, undo=undo)
    return _answer(request, form, shown)


@router.post(
    "/decisions/{key}/undo",
    summary="Take a decision back",
    response_model=Undone,
    responses={SEE_OTHER: {"description": "For a form: Location is `next`."}, **ERRORS},
    openapi_extra=_body(["csrf"], {}),
)
async def undo(
    request: Request, parts: Shared, key: Annotated[int, Path(ge=1, le=MOST)]
) -> Response:
    """Withdraw a decision of one's own; what one had said before, if anything, counts again."""
    reviewer, form = await _sent(request, parts)
    undone = await asyncio.to_thread(_undo, parts, reviewer, key)
    return _answer(request, form, Undone(id=key, undone=undone))


async def _sent(request: Request, parts: Parts) -> tuple[Reviewer, FormData]:
    """Return who sent a form, and the form.

    Raises:
        HTTPException: 403, nobody is signed in or the form is not theirs; 404, nobody can sign in.
    """
    set_up(parts)
    form = await read_form(request, parts.settings.serve)
    return require_token(reviewer_of(request), form.get("csrf")), form


def _decision(form: FormData) -> DecisionForm:
    try:
        asked = DecisionForm.model_validate({key: form.get(key) for key in ("log_id", "outcome")})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        said = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise HTTPException(UNPROCESSABLE, said) from None
    if asked.outcome not in OUTCOMES:
        raise HTTPException(UNPROCESSABLE, f"outcome: one of {', '.join(OUTCOMES)}")
    return asked


def _decide(parts: Parts, reviewer: Reviewer, asked: DecisionForm) -> Given:
    suggestion = next(iter(parts.ledger.suggestions.of([asked.log_id])), None)
    if suggestion is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"upload {asked.log_id} was not suggested")
    _require_right(parts, reviewer, suggestion, asked.outcome)
    return parts.ledger.desk.decide(
        log_id=asked.log_id, outcome=asked.outcome, reviewer=reviewer.name
    )


def _require_right(
    parts: Parts, reviewer: Reviewer, suggestion: Suggestion, outcome: Outcome
) -> None:
    """Refuse a word that would not count on the wiki either, by the groups of this moment."""
    member = set_up(parts).members.get(reviewer.name)
    word = Word(
        suggestion=suggestion,
        outcome=outcome,
        reviewer=reviewer.name,
        said_at=time.time(),
        reference=0,
    )
    reviews = parts.settings.reviews
    why_not = set_aside(word, {reviewer.name: member.groups}, reviews)
    if why_not:
        raise forbidden(WHY_NOT[why_not].format(groups=", ".join(reviews.reviewer_groups)))
    if member.blocked:
        raise forbidden(f"{reviewer.name} is blocked on the wiki")


def _undo(parts: Parts, reviewer: Reviewer, key: int) -> bool:
    given = parts.ledger.desk.get(key)
    if given is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "no such decision was made here")
    if given.reviewer != reviewer.name:
        raise forbidden("only whoever decided can take a decision back")
    return parts.ledger.desk.undo(given)


def _answer(request: Request, form: FormData, shown: BaseModel) -> Response:
    """Answer programs with JSON, and forms with where to go on."""
    if JSON in request.headers.get("accept", ""):
        return JSONResponse(shown.model_dump())
    return RedirectResponse(local(form.get("next")), SEE_OTHER)
