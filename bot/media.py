"""Bytes of pictures, under every limit at once, from the configured hosts only."""

import time
from dataclasses import dataclass

import requests
from requests.adapters import HTTPAdapter

from bot.commons import FileInfo
from bot.errors import NetworkFault, NothingToScore, Refused
from bot.hosts import FileHosts, raise_for
from bot.http import TOO_MANY_REQUESTS, retry_after
from bot.patience import Patience
from bot.settings.intake import MediaSettings, WikiSettings
from model.errors import OverLimit
from model.sampling import spread

READ_BYTES = 64 * 1024
THUMBNAIL_STEPS_HINTS = ("thumbnail steps", "w.wiki/GHai")
# What model.image reads; the original is only fetched where the wiki cannot scale the file.
TIFF = "image/tiff"
DECODABLE = ("image/jpeg", "image/png", "image/gif", "image/webp", TIFF)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One picture of a file: where it is, or else the `iiurlparam` by which the wiki tells that."""

    address: str = ""
    parameter: str = ""
    place: str = ""  # where in the file: "p. 3", "0:12"; empty for a single picture
    of: int = 1  # how many pictures the file has, of which some may be left out


def sources(info: FileInfo, settings: MediaSettings) -> list[Source]:
    """Return the pictures that stand for a file: its thumbnail, or several pages.

    Videos, and documents in the bot, are looked at elsewhere; see `bot.videos`, `bot.documents`.

    Raises:
        NothingToScore: sound, text and whatever else has no picture.
        Refused: a video.
        OverLimit: only the original could be looked at, and it is too large.
    """
    if info.medium is None:
        raise NothingToScore(info.mediatype.lower(), f"{info.mime} has no picture")
    if info.medium == "video":
        raise Refused(f"{info.title} is a video, but waits among the pictures")
    if info.thumbnail is None:
        return [_original(info, settings)]
    if info.is_animated and info.mime in DECODABLE and info.size <= settings.max_bytes:
        return [Source(address=info.url)]  # of many animations the thumbnail is the first frame
    several = _pages(info, settings)
    return several if len(several) > 1 else [Source(address=info.thumbnail, of=_count(info))]


class Fetcher:
    """Fetches pictures. Safe to share between threads, which then wait for each other."""

    def __init__(
        self,
        wiki: WikiSettings,
        media: MediaSettings,
        *,
        user_agent: str,
        patience: Patience | None = None,
        adapter: HTTPAdapter | None = None,
    ) -> None:
        self.hosts = FileHosts(
            wiki, media, user_agent=user_agent, patience=patience, adapter=adapter
        )
        self._settings = media

    def fetch(self, address: str) -> bytes:
        """Return the bytes behind `address`.

        Raises:
            NotThereYet: 404, as a fresh upload's thumbnail answers for a while.
            RetryLater: busy, unreachable, cut short or too slow.
            Refused: another host, no picture, or a width that is never rendered.
            OverLimit: more bytes than `media.max_mebibytes`.
        """
        with self.hosts.open(address, {"Accept": "image/*"}) as response:
            if response.status_code == TOO_MANY_REQUESTS and _asks_for_steps(response):
                raise Refused(f"{response.url}: this width is never rendered")
            raise_for(response, ("image/",))
            return self._read(response)

    def _read(self, response: requests.Response) -> bytes:
        """Read to the end; urllib3 itself notices when less came than was announced."""
        limit = self._settings.max_bytes
        deadline = time.monotonic() + 2 * self._settings.timeout_seconds
        data = bytearray()
        while chunk := _some(response):
            data += chunk
            if len(data) > limit:
                raise OverLimit(f"{response.url} is larger than {limit} bytes")
            if time.monotonic() > deadline:
                raise NetworkFault(f"{response.url} came too slowly")
        if not data:
            raise NetworkFault(f"{response.url} is empty")
        return bytes(data)


def page_parameter(info: FileInfo, page: int, width: int) -> str:
    """Return the `iiurlparam` of a page, numbered from 1.

    PagedTiffHandler has a word of its own in front. What a handler does not understand, MediaWiki
    leaves out of account, and shows the first page (`ApiQueryImageInfo::mergeThumbParams`).
    """
    kind = "lossy-" if info.mime == TIFF else ""
    return f"{kind}page{page}-{width}px"


def _original(info: FileInfo, settings: MediaSettings) -> Source:
    if info.mime not in DECODABLE:
        raise NothingToScore("no-rendering", f"the wiki renders no picture of {info.mime}")
    if info.size > settings.max_bytes:
        raise OverLimit(f"no thumbnail, and the original has {info.size} bytes")
    return Source(address=info.url, of=_count(info))


def _count(info: FileInfo) -> int:
    return info.pages if info.medium == "document" else 1


def _pages(info: FileInfo, settings: MediaSettings) -> list[Source]:
    if info.medium != "document":
        return []
    pages = [1 + index for index in spread(info.pages, settings.stills)]
    width = settings.thumbnail_width
    return [
        Source(parameter=page_parameter(info, page, width), place=f"p. {page}", of=info.pages)
        for page in pages
    ]


def _some(response: requests.Response) -> bytes:
    """Return what has come, nothing at the end. `iter_content` would wait for a whole block."""
    data: bytes = response.raw.read1(READ_BYTES, decode_content=True)
    return data


def _asks_for_steps(response: requests.Response) -> bool:
    """Recognise the 429 that no waiting cures (https://phabricator.wikimedia.org/T414805)."""
    if retry_after(response) is not None:
        return False
    beginning = _some(response).decode("utf-8", "replace")
    return any(hint in beginning for hint in THUMBNAIL_STEPS_HINTS)
