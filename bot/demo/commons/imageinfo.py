"""`prop=imageinfo`: what ApiQueryImageInfo of MediaWiki answers, without EXIF and the like."""

from typing import Any

from bot.demo.commons.addresses import Addresses
from bot.demo.commons.formats import Format
from bot.demo.commons.pages import extended
from bot.demo.commons.request import Request, iso
from bot.demo.commons.thumbnails import ICON_SIZE, Variant, parse_parameter, standard
from bot.demo.commons.wiki import MiniWiki, Version, file_name

MODULE = "imageinfo"
PROPERTIES = (
    "timestamp",
    "user",
    "comment",
    "canonicaltitle",
    "url",
    "size",
    "dimensions",
    "sha1",
    "mime",
    "thumbmime",
    "mediatype",
    "archivename",
    "extmetadata",
)
Json = dict[str, Any]


class ImageInfo:
    """The module for one call."""

    def __init__(self, wiki: MiniWiki, addresses: Addresses, request: Request) -> None:
        self._wiki = wiki
        self._addresses = addresses
        self._request = request
        self._props = request.chosen("iiprop", PROPERTIES, module=MODULE, default="timestamp|user")
        self._limit = request.whole("iilimit", 1)
        self._start = request.moment("iistart")
        self._width = request.whole("iiurlwidth", -1)
        self._parameter = request.text("iiurlparam")

    def versions(self, title: str) -> tuple[list[Json], str | None]:
        """Return the asked-for versions of a file, and where to go on if there are more.

        A redirect is answered for by the file it leads to.
        """
        title = self._wiki.canonical(title)
        wanted = [
            version
            for version in self._wiki.versions(title)
            if self._start is None or version.uploaded_at <= self._start
        ]
        answers = [self._version(title, version) for version in wanted[: self._limit]]
        rest = wanted[self._limit :]
        return answers, iso(rest[0].uploaded_at) if rest else None

    def _version(self, title: str, version: Version) -> Json:
        shape = version.format
        facts: dict[str, Json] = {
            "timestamp": {"timestamp": iso(version.uploaded_at)},
            "user": {"user": version.user},
            "size": _size(version),
            "dimensions": _size(version),
            "comment": {"comment": version.comment},
            "canonicaltitle": {"canonicaltitle": title},
            "url": self._urls(title, version),
            "sha1": {"sha1": version.sha1},
            "mime": {"mime": shape.mime},
            "mediatype": {"mediatype": shape.mediatype},
            "extmetadata": {"extmetadata": extended(self._wiki.text(title))},
            "archivename": {"archivename": version.archive_name} if version.archive_name else {},
        }
        return {
            key: value
            for name, answer in facts.items()
            if name in self._props
            for key, value in answer.items()
        }

    def _urls(self, title: str, version: Version) -> Json:
        page_id = self._wiki.page_id(title) or 0
        return {
            **self._thumbnail(title, version),
            "url": self._addresses.original(title, version),
            "descriptionurl": self._addresses.page(title),
            "descriptionshorturl": self._addresses.short(page_id),
        }

    def _thumbnail(self, title: str, version: Version) -> Json:
        shape = version.format
        asked = self._asked(title, shape)
        if asked is None:
            return {}
        if not shape.width:
            return {"thumburl": self._addresses.icon, **_dimensions(ICON_SIZE, ICON_SIZE)}
        served = standard(asked, shape)
        mime = {"thumbmime": shape.thumbnail_mime} if "thumbmime" in self._props else {}
        if served is None:
            url = self._addresses.original(title, version)
            return {"thumburl": url, **_dimensions(shape.width, shape.height), **mime}
        name = served.file_name(file_name(title), shape)
        url = self._addresses.thumbnail(title, version, name)
        # The answer tells the size that was asked for, not the larger one the address leads to.
        told = asked if asked.width <= served.width else served
        return {"thumburl": url, **_dimensions(*told.size(shape)), **mime}

    def _asked(self, title: str, shape: Format) -> Variant | None:
        variant = parse_parameter(self._parameter, shape) if self._parameter else Variant(0)
        if self._parameter and not shape.width:
            self._request.warn(
                MODULE,
                f"Could not create thumbnail because {file_name(title)} does not have an "
                "associated image handler.",
            )
        elif variant is None:
            self._request.warn(
                MODULE,
                f'Could not parse "iiurlparam" for {file_name(title)}. '
                "Using only width and height.",
            )
        variant = variant or Variant(0)
        width = self._width if self._width > 0 else variant.width
        return Variant(width, variant.page, variant.seek) if width > 0 else None


def _size(version: Version) -> Json:
    shape = version.format
    size: Json = {"size": len(version.content), "width": shape.width, "height": shape.height}
    if shape.pages is not None:
        size["pagecount"] = shape.pages
    if shape.seconds is not None and shape.width:
        size["duration"] = shape.seconds
    return size


def _dimensions(width: int, height: int) -> Json:
    return {"thumbwidth": width, "thumbheight": height}
