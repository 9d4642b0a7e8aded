"""The read side of the MediaWiki API, through mwapi: what a file is, and where its pictures are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import mwapi
import requests
import structlog

from bot.config import Medium, WikiSettings
from bot.errors import NetworkFault, Refused, ServerBusy
from bot.http import raise_if_busy, retry_after

log = structlog.get_logger(__name__)

TITLES_PER_REQUEST = 50  # also the most thumbnails one request may ask for
MAXLAG_S = 5  # https://www.mediawiki.org/wiki/Manual:Maxlag_parameter
BUSY_CODES = ("maxlag", "ratelimited", "readonly")
PROPERTIES = "timestamp|user|url|size|sha1|mime|mediatype|canonicaltitle"
# One file that its handler cannot scale fails the whole batch that asks for thumbnails.
UNSCALABLE_CODES = ("urlparamnormal", "iiurlparamnormal")
MEDIA: Mapping[str, Medium] = {
    "BITMAP": "image",
    "DRAWING": "image",
    "VIDEO": "video",
    "OFFICE": "document",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileInfo:
    """The current version of a file, as the wiki describes it."""

    title: str
    sha1: str  # 40 hex digits
    timestamp: datetime
    mime: str
    mediatype: str  # BITMAP, DRAWING, VIDEO, AUDIO, OFFICE, …
    width: int
    height: int
    size: int  # bytes
    pages: int  # 1 unless the file has several
    duration: float  # seconds; 0 unless the file has a length in time
    url: str
    thumbnail: str | None  # None when the wiki cannot scale this file

    @property
    def medium(self) -> Medium | None:
        """Which thresholds apply; None when there is nothing to see."""
        if self.mediatype == "BITMAP" and self.pages > 1:
            return "document"
        return MEDIA.get(self.mediatype)


class Commons:
    """One wiki's files. Calls come one at a time, as its etiquette asks."""

    def __init__(self, settings: WikiSettings, *, user_agent: str, width: int) -> None:
        parts = urlsplit(settings.api)
        session = requests.Session()
        session.hooks["response"].append(_check)
        self._width = width
        self._api = mwapi.Session(
            f"{parts.scheme}://{parts.netloc}",
            api_path=parts.path,
            user_agent=user_agent,
            formatversion=2,
            timeout=settings.timeout_seconds,
            session=session,
        )

    def files(self, titles: Sequence[str]) -> dict[str, FileInfo]:
        """Return the files that exist, by the titles asked for; absent ones are left out.

        Raises:
            RetryLater: the wiki is busy or out of reach.
            Refused: the wiki does not accept the request.
        """
        found: dict[str, FileInfo] = {}
        for start in range(0, len(titles), TITLES_PER_REQUEST):
            found |= self._batch(titles[start : start + TITLES_PER_REQUEST])
        return found

    def hashes(self, titles: Sequence[str]) -> dict[str, str]:
        """Return the sha1 of each file's current version, by the titles asked for."""
        return {
            title: info["sha1"]
            for start in range(0, len(titles), TITLES_PER_REQUEST)
            for title, info in self._query(
                titles[start : start + TITLES_PER_REQUEST], iiprop="sha1"
            )
            if "sha1" in info
        }

    def rendition(self, title: str, parameter: str) -> str | None:
        """Return the address of one page (`page2-500px`) or still (`500px-seek=12`)."""
        width = str(self._width)
        for _, info in self._query([title], iiprop="url", iiurlwidth=width, iiurlparam=parameter):
            return _thumbnail(info)
        return None

    def _batch(self, titles: Sequence[str]) -> dict[str, FileInfo]:
        asked = {"iiprop": PROPERTIES, "iiurlwidth": str(self._width)}
        try:
            return _files(self._query(titles, **asked))
        except Refused as error:
            if error.code not in UNSCALABLE_CODES:
                raise
        if len(titles) == 1:
            return _files(self._query(titles, iiprop=PROPERTIES))
        return {key: info for title in titles for key, info in self._batch([title]).items()}

    def _query(self, titles: Sequence[str], **asked: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield each title as it was asked for, with its imageinfo."""
        pages: dict[str, dict[str, Any]] = {}
        renamed: dict[str, str] = {}
        for answer in self._get(
            action="query", prop="imageinfo", titles="|".join(titles), maxlag=MAXLAG_S, **asked
        ):
            query = answer.get("query", {})
            renamed |= {entry["from"]: entry["to"] for entry in query.get("normalized", [])}
            for page in query.get("pages", []):
                pages.setdefault(page["title"], {}).update(page)
        for title in titles:
            info = pages.get(renamed.get(title, title), {}).get("imageinfo")
            if info and "filemissing" not in info[0]:
                yield title, info[0]

    def _get(self, **parameters: Any) -> list[dict[str, Any]]:
        try:
            return list(self._api.get(continuation=True, **parameters))
        except mwapi.errors.APIError as error:
            if error.code in BUSY_CODES:
                raise ServerBusy(f"the wiki says {error.code}: {error.info}") from error
            message = f"the wiki refuses: {error.code}: {error.info}"
            raise Refused(message, code=error.code) from error
        except (mwapi.errors.RequestError, ValueError) as error:
            # mwapi wraps whatever our hook raises, and cannot read an answer that is HTML.
            if isinstance(error.__cause__, ServerBusy):
                raise error.__cause__ from None
            raise NetworkFault(f"the wiki's API: {error}") from error


def _check(response: requests.Response, **_: Any) -> None:
    """Look at an answer before mwapi does, which would lose its status and headers."""
    raise_if_busy(response)
    if response.headers.get("MediaWiki-API-Error") in BUSY_CODES:
        code = response.headers["MediaWiki-API-Error"]
        raise ServerBusy(f"the wiki says {code}", retry_after=retry_after(response))


def _files(answers: Iterator[tuple[str, dict[str, Any]]]) -> dict[str, FileInfo]:
    return {title: _file(title, info) for title, info in answers if "sha1" in info}


def _file(title: str, info: Mapping[str, Any]) -> FileInfo:
    return FileInfo(
        title=info.get("canonicaltitle", title),
        sha1=info["sha1"],
        timestamp=datetime.fromisoformat(info["timestamp"]),
        mime=info["mime"],
        mediatype=info["mediatype"],
        width=info["width"],
        height=info["height"],
        size=info["size"],
        pages=info.get("pagecount") or 1,
        duration=float(info.get("duration") or 0.0),
        url=info["url"],
        thumbnail=_thumbnail(info),
    )


def _thumbnail(info: Mapping[str, Any]) -> str | None:
    """Return the picture's address, or None where the wiki shows a file-type icon instead."""
    address: str | None = info.get("thumburl")
    if not address or "/file-type-icons/" in urlsplit(address).path:
        return None
    return address
