"""`/login` and `/logout`: people sign in with their account of the wiki."""

import asyncio
import hmac
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Query, Request, status
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from bot.errors import Refused
from bot.web.access import Shared, may_come
from bot.web.parts import Parts
from bot.web.problems import responses
from bot.web.reading import BAD_REQUEST, FORM, read_form
from bot.web.reviewers import begin, end, forbidden, require_token, reviewer_of
from bot.web.signingin import SigningIn

router = APIRouter(tags=["signing in"], dependencies=[Depends(may_come)])

HOME: Final = "/"
DEPARTURE: Final = "departure"  # in the session, until somebody is back from the wiki
SEE_OTHER: Final = status.HTTP_303_SEE_OTHER
ELSEWHERE: Final[dict[int | str, dict[str, Any]]] = {
    303: {"description": "Location tells where to go on."}
}
BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["csrf"],
                    "properties": {
                        "csrf": {"type": "string", "description": "From the page."},
                        "next": {"type": "string", "description": "Where to go on; a local path."},
                    },
                }
            }
        },
    }
}
Next = Annotated[str, Query(max_length=2000, description="Where to go on; a local path.")]


class SignedIn(BaseModel):
    """Who is signed in, for pages and scripts of this service."""

    name: str | None = Field(None, description="The account on the wiki; null for nobody.")
    may_decide: bool = Field(default=False, description="Whether their decisions would count.")
    csrf: str | None = Field(None, description="What every form of theirs has to carry.")

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Ann", "may_decide": True, "csrf": "k3J…"}]}
    )


@router.get("/session", summary="Who is signed in?", responses=responses(401, 429))
def session(request: Request) -> SignedIn:
    """Tell who sent the cookie."""
    known = reviewer_of(request)
    if known is None:
        return SignedIn()
    return SignedIn(name=known.name, may_decide=known.may_decide, csrf=known.token)


@router.get(
    "/login",
    summary="Sign in with the wiki",
    status_code=SEE_OTHER,
    response_class=RedirectResponse,
    responses={**ELSEWHERE, **responses(404, 422, 429)},
)
def login(request: Request, parts: Shared, *, next: Next = HOME) -> RedirectResponse:  # noqa: A002 - the parameter's name in the address
    """Send somebody to the wiki, which asks them and sends them back."""
    departure = set_up(parts).login.depart()
    request.session[DEPARTURE] = {
        "state": departure.state,
        "verifier": departure.verifier,
        "next": local(next),
    }
    return RedirectResponse(departure.address, SEE_OTHER)


@router.get(
    "/login/callback",
    summary="Come back from the wiki",
    status_code=SEE_OTHER,
    response_class=RedirectResponse,
    responses={**ELSEWHERE, **responses(400, 403, 404, 422, 429, 502, 503)},
)
async def callback(
    request: Request, parts: Shared, *, state: str = "", code: str = "", error: str = ""
) -> RedirectResponse:
    """Sign somebody in whom the wiki names."""
    signin = set_up(parts)
    departure = request.session.pop(DEPARTURE, None)
    if error or not code:  # which comes without the state
        raise forbidden("the wiki did not let you sign in, or you chose not to")
    if not departure or not hmac.compare_digest(departure["state"].encode(), state.encode()):
        raise HTTPException(BAD_REQUEST, "this sign-in was not begun here; try again: /login")
    try:
        name = await asyncio.to_thread(signin.login.name, code, departure["verifier"])
    except Refused as refused:
        raise forbidden(str(refused)) from refused
    member = await asyncio.to_thread(signin.members.get, name)
    if member.blocked:
        raise forbidden(f"{name} is blocked on the wiki")
    begin(request, member, hours=signin.hours)
    return RedirectResponse(departure["next"], SEE_OTHER)


@router.post(
    "/logout",
    summary="Sign out",
    status_code=SEE_OTHER,
    response_class=RedirectResponse,
    responses={**ELSEWHERE, **responses(400, 403, 404, 408, 413, 415, 429)},
    openapi_extra=BODY,
)
async def logout(request: Request, parts: Shared) -> RedirectResponse:
    """End a session, and every copy of its cookie."""
    set_up(parts)
    form = await read_form(request, parts.settings.serve)
    require_token(reviewer_of(request), form.get("csrf"))
    end(request)
    return RedirectResponse(local(form.get("next")), SEE_OTHER)


def set_up(parts: Parts) -> SigningIn:
    """Return what signing in needs.

    Raises:
        HTTPException: 404, it is not set up.
    """
    if parts.signin is None:
        raise HTTPException(
            status.HTTP_404_NOT_FOUND, "nobody can sign in here: signin.client_id is not set"
        )
    return parts.signin


def local(place: object) -> str:
    """Return a path on this host: `place` if it is one, else the first page.

    Browsers take two slashes at the start for another host, backslashes for slashes, and drop tabs
    and line breaks (https://url.spec.whatwg.org/#url-parsing).
    """
    if not isinstance(place, str) or not place.startswith("/") or place.startswith("//"):
        return HOME
    if "\\" in place or any(ord(sign) <= ord(" ") for sign in place):
        return HOME
    parts = urlsplit(place)
    return HOME if parts.scheme or parts.netloc else place
