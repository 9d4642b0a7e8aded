"""The picture that an entry of the review page speaks of."""

import re

from bot.demo.commons import MiniWiki
from bot.demo.commons.thumbnails import Variant, render, standard

WIDTH_PX = 330
_PAGE = re.compile(r"p\. (\d+)")
_MOMENT = re.compile(r"(?:(\d+):)?(\d+):(\d\d)")


def preview(wiki: MiniWiki, title: str, place: str) -> bytes:
    """Return the file at `place` ("p. 2", "0:04", or empty for the whole), as JPEG, PNG or GIF."""
    version = wiki.versions(title)[0]
    variant = standard(Variant(WIDTH_PX, _page(place), _seek(place)), version.format)
    return render(version.content, version.format, variant) if variant else version.content


def _page(place: str) -> int | None:
    match = _PAGE.search(place)
    return int(match[1]) if match else None


def _seek(place: str) -> str | None:
    match = _MOMENT.fullmatch(place)
    if match is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return str((hours * 60 + minutes) * 60 + seconds)
