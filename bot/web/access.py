"""Who may ask: tokens where they are set, and a rate for each client."""

import hmac
from collections.abc import Collection
from typing import Annotated, Final

from fastapi import Depends, Request, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException

from bot.web.parts import Parts, parts_of
from bot.web.problems import busy

BEARER: Final = HTTPBearer(
    auto_error=False, description="One of LOOKOUT_API_TOKENS, where the operator has set any."
)
Given = Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]


# These wait for nothing, and are coroutines all the same: FastAPI would run a plain function in a
# thread, with some 0.3 ms for the way there and back
# (https://fastapi.tiangolo.com/async/#path-operation-functions).
async def _parts(request: Request) -> Parts:
    return parts_of(request)


Shared = Annotated[Parts, Depends(_parts)]


async def may_read(request: Request, given: Given) -> None:
    """Let a request pass that only reads what the bot knows.

    Raises:
        HTTPException: 401 or 429.
    """
    _pass(request, given, is_open=parts_of(request).settings.serve.public_read)


async def may_come(request: Request, given: Given) -> None:
    """Let a request pass that has to show who sends it in another way.

    Raises:
        HTTPException: 401, with a token that is none; 429.
    """
    _pass(request, given, is_open=True)


async def may_score(request: Request, given: Given) -> None:
    """Let a request pass that costs work.

    Raises:
        HTTPException: 401 or 429.
    """
    _pass(request, given, is_open=False)


def _pass(request: Request, given: Given, *, is_open: bool) -> None:
    parts = parts_of(request)  # `Shared` would be another dependency that FastAPI solves each time
    tokens = parts.tokens
    known = bool(given) and _is_among(given.credentials if given else "", tokens)
    if tokens and not known and (given or not is_open):
        raise HTTPException(
            status.HTTP_401_UNAUTHORIZED,
            "send Authorization: Bearer and a token that the operator gave you",
            headers={"WWW-Authenticate": "Bearer"},
        )
    rated(request, parts)


def rated(request: Request, parts: Parts) -> None:
    """Count a request against its client's rate.

    Raises:
        HTTPException: 429.
    """
    peer = request.client.host if request.client else ""
    client = parts.clients.who(peer, request.headers.get("x-forwarded-for", ""))
    wait_s = parts.rate.wait_s(client)
    if wait_s:
        limit = parts.settings.serve.per_minute
        raise busy(f"more than {limit} requests a minute from this address", wait_s)


def _is_among(token: str, tokens: Collection[str]) -> bool:
    """Compare in constant time, with every one."""
    same = [hmac.compare_digest(token.encode(), known.encode()) for known in tokens]
    return any(same)
