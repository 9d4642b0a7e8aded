"""Routes of pages: not in the OpenAPI document, and with errors that are pages, too."""

import math
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from bot.errors import LookoutError, RetryLater
from bot.web.pages.access import may_see
from bot.web.pages.frame import page
from bot.web.problems import PAUSE_S, problem, problem_of

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
MISUNDERSTOOD = 422


class PageRoute(APIRoute):
    """Answers errors with a page that says what to do."""

    def get_route_handler(self) -> Handler:
        """Return the handler that FastAPI makes, with its errors caught."""
        answer = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await answer(request)
            except (HTTPException, LookoutError, RequestValidationError) as error:
                return error_page(request, error)

        return handler


def pages(*, guard: Callable[..., None] = may_see) -> APIRouter:
    """Return a router for pages."""
    return APIRouter(route_class=PageRoute, include_in_schema=False, dependencies=[Depends(guard)])


def error_page(
    request: Request, error: HTTPException | LookoutError | RequestValidationError
) -> HTMLResponse:
    """Return the page that tells of an error."""
    headers: dict[str, str] = {}
    if isinstance(error, RequestValidationError):
        said = "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in error.errors())
        told = problem(MISUNDERSTOOD, said)
    else:
        told = problem_of(error)
    if isinstance(error, HTTPException):
        headers = dict(error.headers or {})
    elif isinstance(error, RetryLater):
        headers = {"Retry-After": str(math.ceil(getattr(error, "retry_after", None) or PAUSE_S))}
    return page(request, "error.html", status_code=told.status, headers=headers, told=told)
