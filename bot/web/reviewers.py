"""Who is signed in: people who decide about suggestions here rather than on the wiki.

A session is a cookie that is signed and that scripts cannot read. It holds the account's name, its
groups at sign-in, and a token that every form has to repeat; no token of the wiki's is kept.
"""

import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any, Final

from fastapi import Request, status
from starlette.exceptions import HTTPException

from bot.review.reviewers import account_set_aside
from bot.web.members import Member
from bot.web.parts import parts_of

# The prefix has browsers refuse it from other hosts and without TLS, loopback apart
# (https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes).
COOKIE: Final = "__Host-lookout"
SESSION: Final = "session"  # where Starlette puts it in a request's scope
KEY: Final = "reviewer"


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Somebody who has signed in with the wiki.

    Attributes:
        name: The account on the wiki.
        may_decide: Whether the configured groups and exclusions let their word count.
        token: What every form of theirs has to carry as `csrf`.
    """

    name: str
    may_decide: bool
    token: str


def reviewer_of(request: Request) -> Reviewer | None:
    """Return who sent a request; None for somebody who has not signed in."""
    known = _session(request)
    if known is None:
        return None
    name, reviews = known["name"], parts_of(request).settings.reviews
    why_not = account_set_aside(name, frozenset(known["groups"]), reviews)
    return Reviewer(name=name, may_decide=why_not is None, token=known["token"])


def begin(request: Request, member: Member, *, hours: float) -> None:
    """Sign somebody in; whatever the session held before is gone."""
    request.session.clear()
    request.session[KEY] = {
        "id": token_urlsafe(),
        "name": member.name,
        "groups": sorted(member.groups),
        "token": token_urlsafe(),
        "until": time.time() + hours * 3600,
    }


def end(request: Request) -> None:
    """Sign somebody out, and have copies of their cookie refused."""
    known = _session(request)
    signin = parts_of(request).signin
    if known and signin:
        signin.ended.add(known["id"], until=known["until"])
    request.session.clear()


def require_token(reviewer: Reviewer | None, token: object) -> Reviewer:
    """Return who sent a form, if the form is theirs.

    Raises:
        HTTPException: 403, nobody is signed in, or another site made the form.
    """
    if reviewer is None:
        raise forbidden("sign in first: /login")
    if not isinstance(token, str) or not hmac.compare_digest(
        token.encode(), reviewer.token.encode()
    ):
        raise forbidden("the form has no valid csrf token; load the page again")
    return reviewer


def forbidden(why: str) -> HTTPException:
    """Return the refusal of somebody who may not."""
    return HTTPException(status.HTTP_403_FORBIDDEN, why)


def _session(request: Request) -> Mapping[str, Any] | None:
    """Return what is known of a session that is not over."""
    signin = parts_of(request).signin
    if signin is None or SESSION not in request.scope:
        return None
    known: Mapping[str, Any] | None = request.session.get(KEY)
    if not known or known["until"] < time.time() or known["id"] in signin.ended:
        return None
    return known
