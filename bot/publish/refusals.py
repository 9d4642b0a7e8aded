"""What MediaWiki's error codes mean for an edit, in the terms of our tree.

https://www.mediawiki.org/wiki/API:Errors_and_warnings
"""

from collections.abc import Mapping
from typing import Any

from bot.errors import EditConflict, LookoutError, NotAllowed, PageClosed, Refused, ServerBusy

CONFLICT_CODES = ("editconflict", "articleexists", "missingtitle", "pagedeleted")
BUSY_CODES = ("maxlag", "ratelimited", "readonly", "failed-save")
ASSERTION_CODES = ("assertbotfailed", "assertuserfailed")
CLOSED_CODES = (
    "cascadeprotected",
    "namespaceprotected",
    "protectednamespace",
    "protectedpage",
    "protectedtitle",
    "titleprotected",
)
NOT_ALLOWED_CODES = (
    *ASSERTION_CODES,
    "autoblocked",
    "blocked",
    "cantcreate",
    "permissiondenied",
    "readapidenied",
)
TAG_THROTTLED = "skipped"
NO_SUCH_ENTRY = "nosuchlogid"


def meaning(code: str, info: str, reason: str = "") -> LookoutError:
    """Return the error that an answer stands for; `reason` is why the account was blocked."""
    text = f"the wiki says {code}: {info}" + (f" The reason given: {reason}" if reason else "")
    if code in CONFLICT_CODES:
        return EditConflict(text)
    if code in BUSY_CODES:
        return ServerBusy(text)
    if code in CLOSED_CODES:
        return PageClosed(text, code=code)
    if code in NOT_ALLOWED_CODES or code.startswith("login"):
        return NotAllowed(f"{text}. The bot stops until a person has looked at its account")
    return Refused(text, code=code)


def tag_refused(answer: Mapping[str, Any]) -> dict[int, str]:
    """Return the log entry of one answer with why it has no tag, or nothing if it has.

    Raises:
        ServerBusy: too many tags in too short a time.
        LookoutError: no entry at all would be taken.
    """
    if answer["status"] == "success":
        return {}
    if answer["status"] == TAG_THROTTLED:
        raise ServerBusy("the wiki says ratelimited: too many tags in a short time")
    code = answer.get("code") or ", ".join(one["code"] for one in answer.get("errors", []))
    if code != NO_SUCH_ENTRY:
        raise meaning(code, f"the change tag was not put on: {dict(answer)}")
    return {int(answer["logid"]): code}
