"""`list=logevents`: what ApiQueryLogEvents of MediaWiki answers; comments are empty."""

import re
from typing import Any

from bot.demo.commons.request import ApiError, Request, iso
from bot.demo.commons.wiki import PREFIX, LogEntry, MiniWiki, base36_sha1

MODULE = "logevents"
PROPERTIES = ("ids", "title", "type", "user", "timestamp", "details", "tags", "comment")
DEFAULT_PROPERTIES = "ids|title|type|user|timestamp|details"
TYPES = ("upload", "delete", "move", "block", "protect", "rights", "newusers", "tag")
MOST = 500
FILE_NAMESPACE = 6
TOKEN = re.compile(r"(?P<moment>\d{14})\|(?P<log_id>\d+)")
COMPACT = "%Y%m%d%H%M%S"
Json = dict[str, Any]


def log_events(wiki: MiniWiki, request: Request) -> tuple[list[Json], Json]:
    """Return the entries asked for, and how to go on if there are more."""
    props = request.chosen("leprop", PROPERTIES, module=MODULE, default=DEFAULT_PROPERTIES)
    limit = _limit(request)
    newer = _newer(request)
    entries = sorted(_wanted(wiki, request), key=_place, reverse=not newer)
    entries = _from_token(entries, request.text("lecontinue"), newer=newer)
    answers = [_entry(wiki, entry, props) for entry in entries[:limit]]
    if len(entries) <= limit:
        return answers, {}
    following = entries[limit]
    token = f"{following.at:{COMPACT}}|{following.log_id}"
    return answers, {"lecontinue": token, "continue": "-||"}


def _newer(request: Request) -> bool:
    return request.text("ledir", "older") == "newer"


def _limit(request: Request) -> int:
    limit = request.whole("lelimit", 10)
    if 1 <= limit <= MOST:
        return limit
    text = f'The value "{limit}" for parameter "lelimit" must be between 1 and {MOST}.'
    request.warn(MODULE, text)
    return min(max(limit, 1), MOST)


def _place(entry: LogEntry) -> tuple[str, int]:
    return f"{entry.at:{COMPACT}}", entry.log_id


def _wanted(wiki: MiniWiki, request: Request) -> list[LogEntry]:
    kind, action, title = (request.text(name) for name in ("letype", "leaction", "letitle"))
    if kind and kind not in TYPES:
        raise ApiError("badvalue", f'Unrecognized value for parameter "letype": {kind}.')
    first, last = request.moment("lestart"), request.moment("leend")
    if not _newer(request):
        first, last = last, first
    return [
        entry
        for entry in wiki.log
        if (f"{entry.type}/{entry.action}" == action if action else kind in ("", entry.type))
        and (not title or (entry.title == title and "action" not in entry.hidden))
        and (first is None or entry.at >= first)
        and (last is None or entry.at <= last)
    ]


def _from_token(entries: list[LogEntry], token: str, *, newer: bool) -> list[LogEntry]:
    if not token:
        return entries
    match = TOKEN.fullmatch(token)
    if match is None:
        raise ApiError(
            "badcontinue",
            "Invalid continue param. You should pass the original value returned by the "
            "previous query.",
        )
    start = (match["moment"], int(match["log_id"]))
    if newer:
        return [entry for entry in entries if _place(entry) >= start]
    return [entry for entry in entries if _place(entry) <= start]


def _entry(wiki: MiniWiki, entry: LogEntry, props: list[str]) -> Json:
    """Return one entry; of a hidden action neither title nor numbers of pages are told."""
    hidden = "action" in entry.hidden
    page = {"pageid": wiki.page_id(entry.title) or 0, "logpage": entry.page_id}
    name = {"ns": FILE_NAMESPACE if entry.title.startswith(PREFIX) else 0, "title": entry.title}
    facts: dict[str, Json] = {
        "ids": {"logid": entry.log_id, **({} if hidden else page)},
        "title": {"actionhidden": True} if hidden else name,
        "details": {} if hidden else {"params": _params(entry)},
        "type": {"type": entry.type, "action": entry.action},
        "user": {"userhidden": True} if "user" in entry.hidden else {"user": entry.user},
        "timestamp": {"timestamp": iso(entry.at)},
        "tags": {"tags": []},
        "comment": {"comment": ""},
    }
    return {key: value for prop in props for key, value in facts[prop].items()}


def _params(entry: LogEntry) -> Json:
    if entry.version:
        return {
            "img_sha1": base36_sha1(entry.version.sha1),
            "img_timestamp": iso(entry.version.uploaded_at),
        }
    if entry.target:
        return {
            "target_ns": FILE_NAMESPACE,
            "target_title": entry.target,
            "suppressredirect": not entry.redirect,
        }
    if entry.files:
        return {"count": {"revisions": 1, "files": entry.files}}
    return {}
