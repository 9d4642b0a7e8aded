"""The body of a recentchange event, completed as on its way from MediaWiki to the stream."""

import html
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from bot.demo.topic import Event

SCHEMA = "/mediawiki/recentchange/1.0.0"
STREAM = "mediawiki.recentchange"
CANARY_DOMAIN = "canary"

# What wfUrlencode() leaves alone: includes/GlobalFunctions.php of MediaWiki.
_UNESCAPED_IN_TITLES = ";@$!*(),/~:"


def completed(body: Mapping[str, Any], *, domain: str) -> Event:
    """Return `body` with every field that it lacks and a real event of `domain` has.

    What MediaWiki's formatter, EventBus and EventGate each add is described in the schema
    mediawiki/recentchange of https://gitlab.wikimedia.org/repos/data-engineering/schemas-event-primary
    """
    if body.get("meta", {}).get("domain") == CANARY_DOMAIN:
        return dict(body)
    now = datetime.now(UTC)
    event = {"$schema": SCHEMA, "meta": {}, **body}
    if "title" in body:
        event.setdefault("title_url", _page_url(domain, body["title"]))
    if "comment" in body:
        event.setdefault("parsedcomment", html.escape(body["comment"]))
    event.setdefault("timestamp", int(now.timestamp()))
    event.setdefault("bot", False)
    event.setdefault("server_url", f"https://{domain}")
    event.setdefault("server_name", domain)
    event.setdefault("server_script_path", "/w")
    event.setdefault("wiki", "commonswiki")
    uri = {"uri": event["title_url"]} if "title_url" in event else {}
    event["meta"] = {**uri, **_meta(domain, now), **event["meta"]}
    return event


def canary() -> Event:
    """Return the artificial event that keeps a quiet stream's monitoring alive."""
    return {"$schema": SCHEMA, "meta": _meta(CANARY_DOMAIN, datetime.now(UTC))}


def _meta(domain: str, now: datetime) -> dict[str, str]:
    return {
        "request_id": str(uuid4()),
        "id": str(uuid4()),
        "domain": domain,
        "stream": STREAM,
        "dt": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def _page_url(domain: str, title: str) -> str:
    return f"https://{domain}/wiki/{quote(title.replace(' ', '_'), safe=_UNESCAPED_IN_TITLES)}"
