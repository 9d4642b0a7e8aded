"""`list=allimages` by time: what ApiQueryAllImages of MediaWiki answers."""

import re
from typing import Any

from bot.demo.commons.request import ApiError, Request, iso
from bot.demo.commons.wiki import MiniWiki, Version, file_name

MODULE = "allimages"
PROPERTIES = ("timestamp", "user", "sha1")
DEFAULT_PROPERTIES = "timestamp|url"
MOST = 500
FILE_NAMESPACE = 6
TOKEN = re.compile(r"(?P<moment>\d{14})\|(?P<name>.+)")
COMPACT = "%Y%m%d%H%M%S"
Json = dict[str, Any]


def all_images(wiki: MiniWiki, request: Request) -> tuple[list[Json], Json]:
    """Return the current versions asked for, the newest first, and how to go on if there are more.

    Raises:
        ApiError: they are asked for in another order, or from a place that is none.
    """
    asked = (request.text("aisort", "name"), request.text("aidir", "ascending"))
    if asked != ("timestamp", "older"):
        raise ApiError("badvalue", f"This wiki lists by timestamp, older first, not {asked}.")
    props = request.chosen("aiprop", PROPERTIES, module=MODULE, default=DEFAULT_PROPERTIES)
    limit = min(max(request.whole("ailimit", 10), 1), MOST)
    end = request.moment("aiend")
    files = [one for one in wiki.files() if end is None or one[1].uploaded_at >= end]
    if token := request.text("aicontinue"):
        start = _start(token)
        files = [one for one in files if _place(one) <= start]
    answers = [_entry(title, version, props) for title, version in files[:limit]]
    if len(files) <= limit:
        return answers, {}
    moment, name = _place(files[limit])
    return answers, {"aicontinue": f"{moment}|{name}", "continue": "-||"}


def _start(token: str) -> tuple[str, str]:
    match = TOKEN.fullmatch(token)
    if match is None:
        raise ApiError(
            "badcontinue",
            "Invalid continue param. You should pass the original value returned by the "
            "previous query.",
        )
    return match["moment"], match["name"]


def _place(file: tuple[str, Version]) -> tuple[str, str]:
    title, version = file
    return f"{version.uploaded_at:{COMPACT}}", file_name(title)


def _entry(title: str, version: Version, props: list[str]) -> Json:
    facts = {
        "timestamp": iso(version.uploaded_at),
        "user": version.user,
        "sha1": version.sha1,
    }
    told = {name: facts[name] for name in props}
    return {"name": file_name(title), **told, "ns": FILE_NAMESPACE, "title": title}
