"""Bytes of pictures, under every limit at once, from the configured hosts only."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import requests

from bot.commons import Commons, FileInfo
from bot.config import MediaSettings, WikiSettings
from bot.errors import NetworkFault, NothingToScore, NotThereYet, Refused
from bot.http import (
    CONNECT_TIMEOUT_S,
    TOO_MANY_REQUESTS,
    network_faults,
    raise_if_busy,
    retry_after,
)
from model.errors import OverLimit
from model.sampling import spread

READ_BYTES = 64 * 1024
REDIRECTS = 3
THUMBNAIL_STEPS_HINTS = ("thumbnail steps", "w.wiki/GHai")
# What model.image reads; the original is only fetched where the wiki cannot scale the file.
DECODABLE = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/tiff")


@dataclass(frozen=True, slots=True)
class Source:
    """Where one picture of a file can be had."""

    address: str
    place: str = ""  # where in the file: "p. 3", "0:12"; empty for a single picture


def sources(info: FileInfo, commons: Commons, settings: MediaSettings) -> Iterator[Source]:
    """Yield the pictures that stand for a file: its thumbnail, or several pages or stills.

    Raises:
        NothingToScore: sound, text and whatever else has no picture.
    """
    if info.medium is None:
        raise NothingToScore(info.mediatype.lower(), f"{info.mime} has no picture")
    if info.thumbnail is None:
        yield _original(info, settings)
        return
    parameters = _parameters(info, settings)
    if len(parameters) < 2:  # noqa: PLR2004 - one picture is what the thumbnail already shows
        yield Source(info.thumbnail)
        return
    for place, parameter in parameters:
        address = commons.rendition(info.title, parameter)
        if address:
            yield Source(address, place)


class Fetcher:
    """Fetches pictures. Safe to call from several threads."""

    def __init__(self, wiki: WikiSettings, media: MediaSettings, *, user_agent: str) -> None:
        self._hosts = {wiki.hostname, *wiki.file_hosts}
        self._settings = media
        self._headers = {"User-Agent": user_agent, "Accept": "image/*"}

    def fetch(self, address: str) -> bytes:
        """Return the bytes behind `address`.

        Raises:
            NotThereYet: 404, as a fresh upload's thumbnail answers for a while.
            RetryLater: busy, unreachable, cut short or too slow.
            Refused: another host, no picture, or a width that is never rendered.
            OverLimit: more bytes than `media.max_mebibytes`.
        """
        for _ in range(REDIRECTS):
            with network_faults(address), self._open(address) as response:
                if not response.is_redirect:
                    self._check(response)
                    return self._read(response)
                address = urljoin(address, response.headers["Location"])
        raise Refused(f"{address}: more than {REDIRECTS} redirects")

    def _open(self, address: str) -> requests.Response:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or parts.netloc not in self._hosts:
            raise Refused(
                f"{address} is not on {', '.join(sorted(self._hosts))}; see wiki.file_hosts"
            )
        return requests.get(
            address,
            headers=self._headers,
            stream=True,
            allow_redirects=False,
            timeout=(CONNECT_TIMEOUT_S, self._settings.timeout_seconds),
        )

    def _check(self, response: requests.Response) -> None:
        if response.status_code == requests.codes.not_found:
            raise NotThereYet(f"{response.url} answered 404")
        if response.status_code == TOO_MANY_REQUESTS and _asks_for_steps(response):
            raise Refused(f"{response.url}: this width is never rendered")
        raise_if_busy(response)
        if response.status_code >= requests.codes.server_error:
            raise NetworkFault(f"{response.url} answered {response.status_code}")
        if not response.ok:
            raise Refused(f"{response.url} answered {response.status_code}")
        kind = response.headers.get("Content-Type", "")
        if not kind.startswith("image/"):
            # A server in trouble answers 200 with a page of HTML.
            raise NetworkFault(f"{response.url} is {kind or 'of no type'}, not a picture")

    def _read(self, response: requests.Response) -> bytes:
        limit, deadline = self._settings.max_bytes, time.monotonic() + self._time_limit()
        data = bytearray()
        for chunk in response.iter_content(READ_BYTES):
            data += chunk
            if len(data) > limit:
                raise OverLimit(f"{response.url} is larger than {limit} bytes")
            if time.monotonic() > deadline:
                raise NetworkFault(f"{response.url} came too slowly")
        expected = response.headers.get("Content-Length")
        if expected and "Content-Encoding" not in response.headers and len(data) != int(expected):
            raise NetworkFault(f"{response.url}: {len(data)} bytes of {expected} came")
        return bytes(data)

    def _time_limit(self) -> float:
        return 2 * self._settings.timeout_seconds


def clock(seconds: float) -> str:
    """Return a time in a video as a person writes it: 0:07, 1:02:03."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def _original(info: FileInfo, settings: MediaSettings) -> Source:
    if info.mime not in DECODABLE:
        raise NothingToScore("no-rendering", f"the wiki renders no picture of {info.mime}")
    if info.size > settings.max_bytes:
        raise OverLimit(f"no thumbnail, and the original has {info.size} bytes")
    return Source(info.url)


def _parameters(info: FileInfo, settings: MediaSettings) -> list[tuple[str, str]]:
    """Return place and `iiurlparam` of the pages or stills to look at, first and last included."""
    width = settings.thumbnail_width
    if info.medium == "video":
        last = max(0, int(info.duration) - 1)
        return [(clock(t), f"{width}px-seek={t}") for t in spread(last + 1, settings.stills)]
    if info.medium == "document":
        pages = spread(info.pages, settings.stills)
        return [(f"p. {page + 1}", f"page{page + 1}-{width}px") for page in pages]
    return []


def _asks_for_steps(response: requests.Response) -> bool:
    """Recognise the 429 that no waiting cures (https://phabricator.wikimedia.org/T414805)."""
    if retry_after(response) is not None:
        return False
    beginning = next(response.iter_content(READ_BYTES), b"").decode("utf-8", "replace")
    return any(hint in beginning for hint in THUMBNAIL_STEPS_HINTS)
