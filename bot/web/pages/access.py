"""Who may see the pages: everybody where `serve.public_read` says so, else who is signed in."""

from typing import Annotated

from fastapi import Depends, Request, status
from starlette.exceptions import HTTPException

from bot.web.access import Shared, rated
from bot.web.reviewers import Reviewer, reviewer_of

Visitor = Annotated[Reviewer | None, Depends(reviewer_of)]


def may_see(request: Request, parts: Shared, visitor: Visitor) -> None:
    """Let a request for a page pass.

    Raises:
        HTTPException: 401 or 429.
    """
    if not parts.settings.serve.public_read and visitor is None:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "sign in to see these pages")
    rated(request, parts)


def may_have_scored(request: Request, parts: Shared, visitor: Visitor) -> None:
    """Let a request pass that costs work: where scoring is open, or somebody who may decide.

    Raises:
        HTTPException: 401 or 429.
    """
    if parts.tokens and not (visitor and visitor.may_decide):
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "sign in to have a file scored again")
    may_see(request, parts, visitor)
