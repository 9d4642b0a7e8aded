"""Texts of pages: what `prop=revisions|info|categories|templates` tells of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.demo.commons.request import iso

CATEGORY = re.compile(r"\[\[Category:([^\]|]+)")
TEMPLATE = re.compile(r"\{\{([^{}|]+)")
LICENCE = re.compile(r"\{\{(cc-[^{}|]+)", re.IGNORECASE)
AUTHOR = re.compile(r"\|\s*author\s*=([^|}\n]*)", re.IGNORECASE)
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A page's newest revision. `protection` is the group that may edit it, if only one may."""

    revision: int
    text: str
    user: str
    at: datetime
    protection: str = ""


def described(text: Text, props: Sequence[str]) -> Json:
    """Return what the asked-for modules say of a page."""
    told: dict[str, Any] = {
        "revisions": [
            {
                "revid": text.revision,
                "user": text.user,
                "timestamp": iso(text.at),
                "slots": {"main": {"contentmodel": "wikitext", "content": text.text}},
            }
        ],
        "categories": _titles(14, "Category", CATEGORY.findall(text.text)),
        "templates": _titles(10, "Template", TEMPLATE.findall(text.text)),
        "protection": _protection(text.protection),
    }
    names = ["protection" if prop == "info" else prop for prop in props]
    # Of these MediaWiki leaves out what is empty, but for the protection.
    return {name: told[name] for name in names if told.get(name) or name == "protection"}


def extended(text: Text | None) -> Json:
    """Return what CommonsMetadata reads from a file's page, licence and author alone."""
    stated = {"LicenseShortName": LICENCE, "Artist": AUTHOR}
    found = {name: known.search(text.text) for name, known in stated.items()} if text else {}
    return {
        name: {"value": match[1].strip(), "source": "commons-desc-page", "hidden": ""}
        for name, match in found.items()
        if match
    }


def _protection(level: str) -> list[Json]:
    return [{"type": "edit", "level": level, "expiry": "infinity"}] if level else []


def _titles(namespace: int, prefix: str, names: Sequence[str]) -> list[Json]:
    return [{"ns": namespace, "title": f"{prefix}:{name.strip()}"} for name in names]
