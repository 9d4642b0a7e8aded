"""Bytes of pictures, under every limit at once, from the configured hosts only."""

import threading
import time
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import requests

from bot.commons import FileInfo
from bot.errors import NetworkFault, NothingToScore, NotThereYet, Refused
from bot.http import (
    CONNECT_TIMEOUT_S,
    TOO_MANY_REQUESTS,
    network_faults,
    raise_if_busy,
    retry_after,
)
from bot.patience import Patience
from bot.settings.intake import MediaSettings, WikiSettings
from model.errors import OverLimit
from model.sampling import spread

READ_BYTES = 64 * 1024
REDIRECTS = 3
TROUBLED = (TOO_MANY_REQUESTS, *range(500, 600))
THUMBNAIL_STEPS_HINTS = ("thumbnail steps", "w.wiki/GHai")
# What model.image reads; the original is only fetched where the wiki cannot scale the file.
DECODABLE = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/tiff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One picture of a file: where it is, or else the `iiurlparam` by which the wiki tells that."""

    address: str = ""
    parameter: str = ""
    place: str = ""  # where in the file: "p. 3", "0:12"; empty for a single picture


def sources(info: FileInfo, settings: MediaSettings) -> list[Source]:
    """Return the pictures that stand for a file: its thumbnail, or several pages or stills.

    Raises:
        NothingToScore: sound, text and whatever else has no picture.
        OverLimit: only the original could be looked at, and it is too large.
    """
    if info.medium is None:
        raise NothingToScore(info.mediatype.lower(), f"{info.mime} has no picture")
    if info.thumbnail is None:
        return [_original(info, settings)]
    several = _pages_or_stills(info, settings)
    return several if len(several) > 1 else [Source(address=info.thumbnail)]


class Fetcher:
    """Fetches pictures. Safe to share between threads, which then wait for each other."""

    def __init__(
        self,
        wiki: WikiSettings,
        media: MediaSettings,
        *,
        user_agent: str,
        patience: Patience | None = None,
    ) -> None:
        self._hosts = {wiki.hostname, *wiki.file_hosts}
        self._settings = media
        self._headers = {"User-Agent": user_agent, "Accept": "image/*"}
        # https://wikitech.wikimedia.org/wiki/Robot_policy: at most two at once.
        self._patience = patience or Patience()
        self._connections = threading.BoundedSemaphore(media.concurrent_fetches)

    def fetch(self, address: str) -> bytes:
        """Return the bytes behind `address`.

        Raises:
            NotThereYet: 404, as a fresh upload's thumbnail answers for a while.
            RetryLater: busy, unreachable, cut short or too slow.
            Refused: another host, no picture, or a width that is never rendered.
            OverLimit: more bytes than `media.max_mebibytes`.
        """
        try:
            with self._connections, self._patience.asking(), network_faults(address):
                return self._follow(address)
        except ValueError as error:
            raise Refused(f"{address!r} is or leads to no address: {error}") from error

    def _follow(self, address: str) -> bytes:
        for _ in range(1 + REDIRECTS):
            self._refuse_strangers(address)
            with self._open(address) as response:
                if not response.is_redirect:
                    self._check(response)
                    return self._read(response)
                address = urljoin(address, response.headers["Location"])
        raise Refused(f"{address}: more than {REDIRECTS} redirects")

    def _refuse_strangers(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or parts.netloc not in self._hosts:
            hosts = ", ".join(sorted(self._hosts))
            raise Refused(f"{address!r} is not on {hosts}; see wiki.file_hosts in config.yaml")

    def _open(self, address: str) -> requests.Response:
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
        if retry_after(response) is not None:
            raise_if_busy(response)
        # Without Retry-After it is this picture's own trouble: after four failures to render one,
        # MediaWiki answers 429 for it alone (thumb.php, wfGenerateThumbnail, attempt-failures).
        if response.status_code in TROUBLED:
            raise NetworkFault(f"{response.url} answered {response.status_code}")
        if not response.ok:
            raise Refused(f"{response.url} answered {response.status_code}")
        kind = response.headers.get("Content-Type", "")
        if not kind.startswith("image/"):
            # A server in trouble answers 200 with a page of HTML.
            raise NetworkFault(f"{response.url} is {kind or 'of no type'}, not a picture")

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
    return Source(address=info.url)


def _pages_or_stills(info: FileInfo, settings: MediaSettings) -> list[Source]:
    width = settings.thumbnail_width
    if info.medium == "video":
        seconds = spread(max(1, int(info.duration)), settings.stills)
        return [Source(parameter=f"{width}px-seek={at}", place=clock(at)) for at in seconds]
    if info.medium == "document":
        pages = [1 + index for index in spread(info.pages, settings.stills)]
        return [Source(parameter=f"page{page}-{width}px", place=f"p. {page}") for page in pages]
    return []


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
