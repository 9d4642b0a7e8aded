"""The opt-out page: a list of links to user pages, in any words around them."""

import re
from collections.abc import Collection, Iterable

from bot.errors import NothingToScore

COMMENT = re.compile(r"<!--.*?-->|<nowiki>.*?</nowiki>", re.DOTALL | re.IGNORECASE)
LINK = re.compile(r"\[\[\s*:?\s*user(?:[ _]talk)?\s*:\s*([^\]|/#]+)", re.IGNORECASE)
TEMPLATE = re.compile(r"\{\{\s*(?:u|user|userlinks)\s*\|\s*(?:1\s*=\s*)?([^}|]+)", re.IGNORECASE)


def opted_out(text: str) -> frozenset[str]:
    """Return the users that a page names by `[[User:…]]` or `{{user|…}}`."""
    shown = COMMENT.sub("", text)
    return frozenset(canonical(LINK.findall(shown) + TEMPLATE.findall(shown)))


def canonical(names: Iterable[str]) -> set[str]:
    """Return user names as MediaWiki writes them: spaces, and a large first letter."""
    plain = (" ".join(name.replace("_", " ").split()) for name in names)
    return {name[:1].upper() + name[1:] for name in plain if name}


def refuse_opted_out(user: str, names: Collection[str]) -> None:
    """Raise NothingToScore if an uploader does not want to be looked at."""
    if user in names:
        raise NothingToScore("opted-out", "the uploader is on the opt-out page")
