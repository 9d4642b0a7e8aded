"""Faults of the wiki's web server and API, as orders to `wiki/router/Faults.php` and RigCommons."""

from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

Action = Literal["status", "delay", "hold", "truncate"]


def _new_id() -> str:
    return uuid4().hex


@dataclass(frozen=True)
class HttpFault:
    """What happens to requests that match; use the functions below to make one.

    `match` is a regular expression looked for in the URL and, on a line of its own, the POST
    parameters, both decoded; `user_agent` one for that header. `count` limits how often.
    """

    action: Action
    match: str
    user_agent: str = ""
    count: int | None = None
    status: int = 200
    headers: tuple[str, ...] = ()
    body: str = ""
    seconds: float = 0.0
    bytes: int = 0
    id: str = field(default_factory=_new_id)


@dataclass(frozen=True)
class ApiFault:
    """An error that an API module answers with, `count` times or always."""

    code: str
    text: str
    count: int | None = None
    user: str | None = None
    id: str = field(default_factory=_new_id)


def answer(
    status: int,
    match: str,
    *,
    count: int | None = None,
    retry_after: int | None = None,
    body: str = "<!DOCTYPE html><title>Wikimedia Error</title>",
    content_type: str = "text/html; charset=utf-8",
) -> HttpFault:
    """Answer with `status` and `body` instead; HTML with 200 is what a captive proxy does."""
    retry = () if retry_after is None else (f"Retry-After: {retry_after}",)
    headers = (f"Content-Type: {content_type}", *retry)
    return HttpFault("status", match, count=count, status=status, headers=headers, body=body)


def delay(seconds: float, match: str, *, count: int | None = None) -> HttpFault:
    """Serve the request late."""
    return HttpFault("delay", match, count=count, seconds=seconds)


def truncate(size: int, match: str, *, count: int | None = None) -> HttpFault:
    """Break a transfer from the upload area off after `size` bytes, short of Content-Length."""
    return HttpFault("truncate", match, count=count, bytes=size)


def user_agent_policy() -> HttpFault:
    """Refuse clients that do not say who they are, as upload.wikimedia.org does.

    https://foundation.wikimedia.org/wiki/Policy:Wikimedia_Foundation_User-Agent_Policy
    """
    generic = "^(python-requests|python-urllib|curl|aiohttp|$)"
    return HttpFault("status", ".", user_agent=generic, status=403, body="Set a user agent.")
