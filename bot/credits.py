"""Who made a file and under which licence it may be used, as its page on the wiki states it.

https://www.mediawiki.org/wiki/Extension:CommonsMetadata
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, Final

CREDITS: Final = ("LicenseShortName", "Artist")


@dataclass(frozen=True, slots=True)
class Credit:
    """What is stated; empty where nothing is."""

    licence: str
    author: str


class _Text(HTMLParser):
    """Collects what stands between the tags."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def credit_of(info: Mapping[str, Any]) -> Credit:
    """Return what `iiprop=extmetadata` tells of a file."""
    stated = info.get("extmetadata") or {}
    licence, author = (_plain(str(stated.get(name, {}).get("value", ""))) for name in CREDITS)
    return Credit(licence, author)


def _plain(html: str) -> str:
    text = _Text()
    text.feed(html)
    text.close()
    return " ".join("".join(text.parts).split())
