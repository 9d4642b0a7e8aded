"""Errors as RFC 9457 problem details (https://www.rfc-editor.org/rfc/rfc9457)."""

import math
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from bot.errors import (
    LedgerBusy,
    LookoutError,
    NetworkFault,
    Never,
    NothingToScore,
    NotYet,
    RetryLater,
)
from model.errors import Unsupported, WorkerDied, WorkerStalled

log = structlog.get_logger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
PHRASES: Final = {
    400: "Bad request",
    401: "A token is needed",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    408: "The request came too slowly",
    409: "Not in this state",
    413: "Too large",
    415: "Not a format that is read here",
    422: "Cannot be processed",
    429: "Too many requests",
    500: "Internal error",
    502: "The wiki gave no usable answer",
    503: "Busy",
    504: "It took too long",
}
# The first that fits counts.
STATUS: Final[tuple[tuple[type[LookoutError], int], ...]] = (
    (Unsupported, status.HTTP_415_UNSUPPORTED_MEDIA_TYPE),
    (NothingToScore, 422),
    (Never, 422),
    (WorkerStalled, status.HTTP_504_GATEWAY_TIMEOUT),
    (WorkerDied, 422),
    (NotYet, status.HTTP_404_NOT_FOUND),
    (NetworkFault, status.HTTP_502_BAD_GATEWAY),
    (LedgerBusy, status.HTTP_503_SERVICE_UNAVAILABLE),
    (RetryLater, status.HTTP_503_SERVICE_UNAVAILABLE),
)
PAUSE_S: Final = 5  # what Retry-After says when nothing better is known


class Problem(BaseModel):
    """What went wrong, by RFC 9457. `error` repeats the detail for clients of KServe."""

    type: str = Field("about:blank", examples=["about:blank"])
    title: str = Field(examples=["Not a format that is read here"])
    status: int = Field(examples=[415])
    detail: str = Field(examples=["not a picture; read here are JPEG, PNG, GIF, WebP and TIFF"])
    error: str = Field(examples=["not a picture; read here are JPEG, PNG, GIF, WebP and TIFF"])


def problem(code: int, detail: str) -> Problem:
    """Return the body of an error."""
    return Problem.model_validate(
        {"title": PHRASES.get(code, "Error"), "status": code, "detail": detail, "error": detail}
    )


def problem_of(error: LookoutError | HTTPException) -> Problem:
    """Return the body that tells of an error of ours."""
    if isinstance(error, HTTPException):
        return problem(error.status_code, str(error.detail))
    code = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
    return problem(code, str(error))


def responses(*codes: int) -> dict[int | str, dict[str, Any]]:
    """Return the error answers of a route, for the OpenAPI document."""
    return {
        code: {
            "description": PHRASES[code],
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "example": problem(code, PHRASES[code]).model_dump(),
                }
            },
        }
        for code in codes
    }


def busy(detail: str, seconds: float = PAUSE_S) -> HTTPException:
    """Return a 429 that says when to come back."""
    after = {"Retry-After": str(max(1, math.ceil(seconds)))}
    return HTTPException(status.HTTP_429_TOO_MANY_REQUESTS, detail, headers=after)


def answer(body: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return an error as an HTTP answer."""
    return JSONResponse(
        body.model_dump(), status_code=body.status, media_type=MEDIA_TYPE, headers=headers
    )


def install(app: FastAPI) -> None:
    """Have every error of an application answered as a problem."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(LookoutError, _ours)
    app.add_exception_handler(Exception, _unforeseen)


async def _http(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return answer(problem_of(error), dict(error.headers or {}))


async def _invalid(_: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    said = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
    return answer(problem(422, said))


async def _ours(_: Request, error: Exception) -> Response:
    if not isinstance(error, LookoutError):
        raise error
    body = problem_of(error)
    if body.status >= status.HTTP_500_INTERNAL_SERVER_ERROR:
        log.warning("api.failed", status=body.status, error=type(error).__name__)
    after = getattr(error, "retry_after", None) or PAUSE_S
    later = {"Retry-After": str(math.ceil(after))} if isinstance(error, RetryLater) else None
    return answer(body, later)


async def _unforeseen(_: Request, error: Exception) -> Response:
    log.error("api.unforeseen", error=type(error).__name__)
    return answer(
        problem(500, "an error that nobody foresaw; the log of the service has its class")
    )
