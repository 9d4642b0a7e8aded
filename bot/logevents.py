"""Reads the wiki's own log: uploads that the stream did not deliver, and where files were moved.

A log entry becomes the event that the stream would have sent, and goes through the same parser.
https://www.mediawiki.org/wiki/API:Logevents
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.errors import MalformedEvent
from bot.events import Upload, parse_upload
from bot.wikiapi import WikiApi

PROPERTIES: Final = "ids|title|user|timestamp|type|details|tags"
ENTRIES_PER_REQUEST: Final = 500
MOVES_LOOKED_AT: Final = 50
EARLIER: Final = timedelta(minutes=1)  # the time of an upload may lie ahead of its log entry's
# Each is read from one end of a gap to the other; the API takes one kind of log at a time.
PARTS: Final[Mapping[str, Mapping[str, str]]] = {
    "upload": {"letype": "upload"},
    "restore": {"leaction": "delete/restore"},
}
MS_PER_S: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """One answer's worth of one log."""

    uploads: Sequence[Upload]
    bad: Sequence[tuple[MalformedEvent, str]]
    entries: int  # of any kind
    hidden: int  # those that do not say which file they are about
    token: str | None  # where to go on; None at the end


@dataclass(frozen=True, slots=True)
class Move:
    """A page was given another title."""

    log_id: int
    target: str


class WikiLog:
    """The log of one wiki, whose events are called `wiki` on the stream.

    Every call raises what `WikiApi.turn` raises.
    """

    def __init__(self, api: WikiApi, wiki: str) -> None:
        self._api = api
        self._wiki = wiki

    def page(self, part: str, since: int, until: int, token: str | None = None) -> LogPage:
        """Return the entries of one of `PARTS` between two moments in ms since 1970, oldest first.

        Args:
            part: Which log.
            since: The first moment, rounded down to a whole second.
            until: The last one, rounded up.
            token: Where to go on, from the page before.
        """
        asked = {
            **PARTS[part],
            "lestart": _iso(since // MS_PER_S),
            "leend": _iso(-(-until // 1000)),
        }
        go_on = {"lecontinue": token, "continue": "-||"} if token else {}
        entries, token = _read(self._api, lelimit=str(ENTRIES_PER_REQUEST), **asked, **go_on)
        told = [entry for entry in entries if "title" in entry]
        uploads, bad = self._parsed(told)
        return LogPage(
            uploads=uploads,
            bad=bad,
            entries=len(entries),
            hidden=len(entries) - len(told),
            token=token,
        )

    def of_file(self, title: str) -> Sequence[Upload]:
        """Return the uploads of one file, the oldest first, as far as the log tells of them."""
        asked = {"letype": "upload", "letitle": title, "lelimit": str(ENTRIES_PER_REQUEST)}
        entries, _ = _read(self._api, **asked)
        uploads, _ = self._parsed([entry for entry in entries if "title" in entry])
        return uploads

    def _parsed(
        self, entries: Sequence[Mapping[str, Any]]
    ) -> tuple[list[Upload], list[tuple[MalformedEvent, str]]]:
        uploads: list[Upload] = []
        bad: list[tuple[MalformedEvent, str]] = []
        for entry in entries:
            try:
                upload = parse_upload(as_event(entry, self._wiki), self._wiki)
            except MalformedEvent as error:
                bad.append((error, json.dumps(entry)))
            else:
                uploads += [upload] if upload else []
        return uploads, bad


def next_move(api: WikiApi, title: str, *, after: int, since: datetime) -> Move | None:
    """Return the first move of `title` that was logged later than the entry `after`.

    Args:
        api: The wiki.
        title: The title before the move.
        after: A log id.
        since: When that was, about.
    """
    start = _iso(int((since - EARLIER).timestamp()))
    asked = {"letitle": title, "lestart": start, "lelimit": str(MOVES_LOOKED_AT)}
    entries, _ = _read(api, letype="move", **asked)
    for entry in entries:
        target = (entry.get("params") or {}).get("target_title")
        if target and entry["logid"] > after:
            return Move(entry["logid"], target)
    return None


def as_event(entry: Mapping[str, Any], wiki: str) -> dict[str, Any]:
    """Return a log entry as the stream's recentchange event, as far as the log knows it.

    The log does not tell whether the uploader is a bot.
    """
    params = entry.get("params")
    if isinstance(params, dict) and isinstance(params.get("img_timestamp"), str):
        compact = "".join(filter(str.isdigit, params["img_timestamp"]))
        params = {**params, "img_timestamp": compact}
    return {
        "type": "log",
        "wiki": wiki,
        "namespace": entry.get("ns"),
        "title": entry.get("title"),
        "user": entry.get("user"),
        "timestamp": _seconds(entry.get("timestamp")),
        "log_id": entry.get("logid"),
        "log_type": entry.get("type"),
        "log_action": entry.get("action"),
        "log_params": params,
    }


def _read(api: WikiApi, **asked: str) -> tuple[list[dict[str, Any]], str | None]:
    """Return one answer's entries, and the token of the next."""
    with api.turn():
        answer = next(api.answers(list="logevents", ledir="newer", leprop=PROPERTIES, **asked))
        entries: list[dict[str, Any]] = answer["query"]["logevents"]
        return entries, answer.get("continue", {}).get("lecontinue")


def _seconds(moment: object) -> float | None:
    if not isinstance(moment, str):
        return None
    try:
        return datetime.fromisoformat(moment).timestamp()
    except ValueError:
        return None


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
