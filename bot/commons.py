"""What a file is, and where its pictures are, from the MediaWiki API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from bot.credits import CREDITS, Credit, credit_of
from bot.errors import Refused
from bot.patience import Patience
from bot.settings.intake import WikiSettings
from bot.settings.values import Medium
from bot.wikiapi import VALUES_PER_REQUEST, WikiApi, batches, faults

TITLES_PER_REQUEST = VALUES_PER_REQUEST  # also the most thumbnails one request may ask for
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
    user: str = ""  # who uploaded this version; empty when that is hidden
    page: str = ""  # address of its description

    @property
    def medium(self) -> Medium | None:
        """Which thresholds apply; None when there is nothing to see."""
        if self.mediatype == "BITMAP" and self.pages > 1:
            return "document"
        return MEDIA.get(self.mediatype)

    @property
    def is_animated(self) -> bool:
        """Whether it is a picture of several frames."""
        return self.mediatype == "BITMAP" and self.duration > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcode:
    """A smaller copy of a video that TimedMediaHandler has finished."""

    address: str
    key: str  # such as 240p.vp9.webm
    height: int
    bits_per_s: float


class Commons:
    """One wiki's files. Safe to share between threads; calls come one at a time.

    That is what https://www.mediawiki.org/wiki/API:Etiquette asks for. Every call raises:
        RetryLater: the wiki is busy or out of reach, or its answer is none.
        Refused: the wiki does not accept the request.
    """

    def __init__(
        self,
        settings: WikiSettings,
        *,
        user_agent: str,
        width: int,
        patience: Patience | None = None,
    ) -> None:
        self.api = WikiApi(settings, user_agent=user_agent, patience=patience)
        self._width = width
        self._base = settings.api

    def files(self, titles: Sequence[str]) -> dict[str, FileInfo]:
        """Return the files that exist, by the titles asked for; absent ones are left out."""
        found: dict[str, FileInfo] = {}
        for start in range(0, len(titles), TITLES_PER_REQUEST):
            found |= self._batch(titles[start : start + TITLES_PER_REQUEST])
        return found

    def hashes(self, titles: Sequence[str]) -> dict[str, str]:
        """Return the sha1 of each file's current version, by the titles asked for."""
        found: dict[str, str] = {}
        for start in range(0, len(titles), TITLES_PER_REQUEST):
            batch = titles[start : start + TITLES_PER_REQUEST]
            answers = self._query(batch, iiprop="sha1")
            found |= {title: info["sha1"] for title, info in answers.items() if "sha1" in info}
        return found

    def credits(self, titles: Sequence[str]) -> dict[str, Credit]:
        """Return licence and author of each file, by the titles asked for."""
        found: dict[str, Credit] = {}
        for batch in batches(titles):
            answers = self._query(
                batch, iiprop="extmetadata", iiextmetadatafilter="|".join(CREDITS)
            )
            with faults():
                found |= {title: credit_of(info) for title, info in answers.items()}
        return found

    def rendition(self, title: str, parameter: str) -> str | None:
        """Return the address of one page (`page2-500px`) or still (`500px-seek=12`)."""
        width = str(self._width)
        answers = self._query([title], iiprop="url", iiurlwidth=width, iiurlparam=parameter)
        return _thumbnail(answers[title]) if title in answers else None

    def transcodes(self, title: str) -> list[Transcode]:
        """Return the finished transcodes of a video, the smallest first; none without TMH."""
        answers = self._query([title], prop="videoinfo", viprop="derivatives")
        with faults():
            derivatives = answers.get(title, {}).get("derivatives", [])
            # The first is the original, which has no key.
            found = [_transcode(one, self._base) for one in derivatives if "transcodekey" in one]
        return sorted(found, key=lambda one: (one.height, one.bits_per_s))

    def close(self) -> None:
        """Let go of the connection."""
        self.api.close()

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

    def _query(
        self, titles: Sequence[str], *, prop: str = "imageinfo", **asked: str
    ) -> dict[str, dict[str, Any]]:
        """Return what `prop` says of each file's current version, by the titles asked for."""
        pages: dict[str, dict[str, Any]] = {}
        renamed: dict[str, str] = {}
        with self.api.turn():
            for answer in self.api.answers(prop=prop, titles="|".join(titles), **asked):
                query = answer.get("query", {})
                renamed |= {entry["from"]: entry["to"] for entry in query.get("normalized", [])}
                for page in query.get("pages", []):
                    pages[page["title"]] = page | pages.get(page["title"], {})
                if all(prop in page for page in pages.values()):
                    break  # of a single title, what would follow are its older versions
        found = {title: pages.get(renamed.get(title, title), {}) for title in titles}
        return {
            title: page[prop][0]
            for title, page in found.items()
            if page.get(prop) and "filemissing" not in page[prop][0]
        }


def _files(answers: Mapping[str, Mapping[str, Any]]) -> dict[str, FileInfo]:
    with faults():
        return {title: _file(title, info) for title, info in answers.items() if "sha1" in info}


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
        user=info.get("user", ""),
        page=info.get("descriptionurl", ""),
    )


def _transcode(derivative: Mapping[str, Any], base: str) -> Transcode:
    return Transcode(
        address=urljoin(base, derivative["src"]),
        key=derivative["transcodekey"],
        height=int(derivative["height"]),
        bits_per_s=float(derivative.get("bandwidth") or 0.0),
    )


def _thumbnail(info: Mapping[str, Any]) -> str | None:
    """Return the picture's address, or None where the wiki shows a file-type icon instead."""
    address: str | None = info.get("thumburl")
    if not address or "/file-type-icons/" in urlsplit(address).path:
        return None
    return address
