"""What people did on the wiki, from the MediaWiki API: revisions, recent changes, deletions.

Every call raises RetryLater when the wiki is busy or out of reach, and Refused when it does not
accept the request.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

from bot.wikiapi import WikiApi, batches

REVISIONS_AT_ONCE: Final = 20  # with their text, which may be long
LIST_LIMIT: Final = "500"  # for an account without `apihighlimits`
PARTS_AT_ONCE: Final = 20  # of a list, up to 500 entries each, that one look reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One version of a page; `text` is None where it is hidden."""

    id: int
    user: str
    made_at: float  # s since 1970
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that happened to a page. `reference` is its revision, or its log entry."""

    reference: int
    before: int  # the revision before; 0 where there is none
    action: str
    title: str
    user: str
    made_at: float  # s since 1970
    comment: str


@dataclass(frozen=True, slots=True)
class Changes:
    """A stretch of them, the earliest first. `more` when it had to be cut short."""

    found: Sequence[Change]
    more: bool


def newest_revisions(api: WikiApi, titles: Sequence[str]) -> dict[str, int]:
    """Return the newest revision of each page that exists."""
    found: dict[str, int] = {}
    for batch in batches(titles):
        for page in _pages(api, {"prop": "info", "titles": "|".join(batch)}):
            if "lastrevid" in page:
                found[page["title"]] = page["lastrevid"]
    return found


def revisions(api: WikiApi, title: str, *, since: int | None) -> list[Revision]:
    """Return the first revisions of a page from `since` on, that one included; None: from all."""
    asked = {
        "prop": "revisions",
        "titles": title,
        "rvprop": "ids|timestamp|user|content",
        "rvslots": "main",
        "rvdir": "newer",
        "rvlimit": str(REVISIONS_AT_ONCE),
    }
    if since is not None:
        asked["rvstartid"] = str(since)
    pages = _pages(api, asked, parts=1)
    return [_revision(entry) for page in pages for entry in page.get("revisions", ())]


def texts(api: WikiApi, ids: Iterable[int]) -> dict[int, str]:
    """Return the text of each revision that can be read."""
    found: dict[int, str] = {}
    asked = {"prop": "revisions", "rvprop": "ids|content", "rvslots": "main"}
    for batch in batches([str(number) for number in sorted(set(ids) - {0})]):
        for page in _pages(api, asked | {"revids": "|".join(batch)}):
            for entry in page.get("revisions", ()):
                found[entry["revid"]] = _text(entry) or ""
    return found


def members(api: WikiApi, category: str, titles: Sequence[str]) -> set[str]:
    """Return those of `titles` that are in a category now, or do not exist."""
    found: set[str] = set()
    for batch in batches(titles):
        asked = {"prop": "categories", "clcategories": category, "cllimit": "max"}
        for page in _pages(api, asked | {"titles": "|".join(batch)}):
            if page.get("categories") or page.get("missing"):
                found.add(page["title"])
    return found


def recent_changes(api: WikiApi, since: float, **asked: str) -> Changes:
    """Return edits, or what else is `asked` for, from a moment on (s since 1970)."""
    prop = "ids|title|timestamp|user|comment"
    order = {"rcdir": "newer", "rcstart": _iso(since), "rclimit": LIST_LIMIT}
    return _changes(api, "recentchanges", _recent, rcprop=prop, **order, **asked)


def deletions(api: WikiApi, since: float) -> Changes:
    """Return deletions and restorations of files from a moment on (s since 1970)."""
    prop = "ids|title|type|timestamp|user|comment"
    order = {"ledir": "newer", "lestart": _iso(since), "lelimit": LIST_LIMIT}
    asked = {"letype": "delete", "lenamespace": "6"}
    return _changes(api, "logevents", _logged, leprop=prop, **order, **asked)


def _changes(api: WikiApi, name: str, read: Any, **asked: str) -> Changes:
    found: list[Change] = []
    with api.turn():
        answers = api.answers(list=name, **asked)
        for answer in islice(answers, PARTS_AT_ONCE):
            found += [read(entry) for entry in answer["query"][name]]
        more = next(answers, None) is not None
    return Changes(found, more)


def _pages(
    api: WikiApi, asked: Mapping[str, str], *, parts: int | None = None
) -> list[Mapping[str, Any]]:
    with api.turn():
        answers = islice(api.answers(**asked), parts)
        return [page for answer in answers for page in answer.get("query", {}).get("pages", ())]


def _revision(entry: Mapping[str, Any]) -> Revision:
    return Revision(
        id=entry["revid"],
        user=entry.get("user", ""),
        made_at=_seconds(entry["timestamp"]),
        text=_text(entry),
    )


def _text(entry: Mapping[str, Any]) -> str | None:
    return entry.get("slots", {}).get("main", {}).get("content")  # type: ignore[no-any-return]


def _recent(entry: Mapping[str, Any]) -> Change:
    return _change(entry, entry["revid"], entry.get("old_revid", 0), entry["type"])


def _logged(entry: Mapping[str, Any]) -> Change:
    return _change(entry, entry["logid"], 0, entry.get("action", ""))


def _change(entry: Mapping[str, Any], reference: int, before: int, action: str) -> Change:
    return Change(
        reference=reference,
        before=before,
        action=action,
        title=entry.get("title", ""),  # hidden with some log entries
        user=entry.get("user", ""),
        made_at=_seconds(entry["timestamp"]),
        comment=entry.get("comment", ""),
    )


def _seconds(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp).timestamp()


def _iso(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}"
