"""Entries as Atom (RFC 4287) and as JSON Feed 1.1."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

ATOM: Final = "application/atom+xml"
JSON_FEED: Final = "application/feed+json"
TITLE: Final = "Commons Lookout: automated suggestions"
NAMESPACE: Final = "http://www.w3.org/2005/Atom"
# https://www.w3.org/TR/xml/#charsets
UNPRINTABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a feed. `key` names it for ever."""

    key: int
    title: str
    link: str
    at: datetime
    text: str

    @property
    def urn(self) -> str:
        """A name that no other feed has (RFC 4151)."""
        return f"tag:commons-lookout,2026:{self.key}"


def atom(address: str, entries: Sequence[Entry]) -> bytes:
    """Return a feed that is itself found at `address`."""
    feed = ET.Element("feed", xmlns=NAMESPACE)
    newest = max((entry.at for entry in entries), default=datetime.fromtimestamp(0, UTC))
    _add(feed, "title", TITLE)
    _add(feed, "id", address)
    _add(feed, "updated", newest.isoformat())
    ET.SubElement(feed, "link", rel="self", href=address)
    ET.SubElement(ET.SubElement(feed, "author"), "name").text = "Commons Lookout"
    for entry in entries:
        item = ET.SubElement(feed, "entry")
        _add(item, "title", entry.title)
        _add(item, "id", entry.urn)
        _add(item, "updated", entry.at.isoformat())
        ET.SubElement(item, "link", href=entry.link)
        _add(item, "summary", entry.text)
    return bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True))


def json_feed(address: str, entries: Sequence[Entry]) -> dict[str, Any]:
    """Return a feed that is itself found at `address`."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": TITLE,
        "feed_url": address,
        "items": [
            {
                "id": entry.urn,
                "url": entry.link,
                "title": entry.title,
                "content_text": entry.text,
                "date_published": entry.at.isoformat(),
            }
            for entry in entries
        ],
    }


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = UNPRINTABLE.sub("\ufffd", text)
