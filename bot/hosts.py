"""HTTP to the file hosts: the configured ones only, a few connections at once."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from queue import LifoQueue
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import default_headers

from bot.errors import NetworkFault, NotThereYet, Refused
from bot.http import (
    CONNECT_TIMEOUT_S,
    TOO_MANY_REQUESTS,
    network_faults,
    raise_if_busy,
    retry_after,
)
from bot.limits.limiter import Place
from bot.patience import Patience
from bot.settings.intake import MediaSettings, WikiSettings

REDIRECTS = 3
TROUBLED = (TOO_MANY_REQUESTS, *range(500, 600))


class FileHosts:
    """Opens addresses. Safe to share between threads, which then wait for each other.

    Args:
        wiki: Its own host and its file hosts; no other is asked.
        media: How long, and how many at once.
        user_agent: Who asks.
        patience: The gate of all requests.
        adapter: Makes the connections, where a stranger may name the address; see `bot.guard`.
    """

    def __init__(
        self,
        wiki: WikiSettings,
        media: MediaSettings,
        *,
        user_agent: str,
        patience: Patience | None = None,
        adapter: HTTPAdapter | None = None,
    ) -> None:
        self._hosts = {wiki.hostname, *wiki.file_hosts}
        self._timeout = (CONNECT_TIMEOUT_S, media.timeout_seconds)
        self._headers = {**default_headers(), "User-Agent": user_agent}
        self._patience = patience or Patience()
        self._settings = {host: _environment(host, adapter) for host in self._hosts}
        # https://wikitech.wikimedia.org/wiki/Robot_policy: at most two at once. Kept open, as most
        # of a small picture's cost is a new connection; the one used last is used next.
        self._adapters: LifoQueue[HTTPAdapter] = LifoQueue()
        for _ in range(media.concurrent_fetches):
            self._adapters.put(adapter or HTTPAdapter())

    @contextmanager
    def open(self, address: str, headers: Mapping[str, str]) -> Iterator[requests.Response]:
        """Lend the answer to a GET, its body unread, after redirects within the allowed hosts.

        Raises:
            GateClosed: somebody was told to wait; nothing was asked.
            NetworkFault: unreachable, cut short or too slow, here or while the body is read.
            Refused: another host, or no address at all.
        """
        try:
            with self._borrowed() as adapter, self._patience.asking():
                for _ in range(1 + REDIRECTS):
                    with self._answer(adapter, address, headers) as response:
                        if not response.is_redirect:
                            yield response
                            return
                        address = urljoin(address, response.headers["Location"])
            raise Refused(f"{address}: more than {REDIRECTS} redirects")
        except ValueError as error:
            raise Refused(f"{address!r} is or leads to no address: {error}") from error

    @contextmanager
    def _borrowed(self) -> Iterator[HTTPAdapter]:
        adapter = self._adapters.get()
        try:
            yield adapter
        finally:
            self._adapters.put(adapter)

    @contextmanager
    def _answer(
        self, adapter: HTTPAdapter, address: str, headers: Mapping[str, str]
    ) -> Iterator[requests.Response]:
        """Ask once. A redirect is followed by a request that counts as another fetch."""
        host = self._checked_host(address)
        with (
            self._patience.fetching() as place,
            network_faults(address),
            self._sent(adapter, host, address, headers) as response,
        ):
            if place:
                response.raw = _Metered(response.raw, place)
            yield response

    def _sent(
        self, adapter: HTTPAdapter, host: str, address: str, headers: Mapping[str, str]
    ) -> requests.Response:
        # Not by a session, which looks for proxies, cookies and a netrc file at every request: a
        # third of the processor time of a fetch.
        request = requests.PreparedRequest()
        request.prepare("GET", address, headers={**self._headers, **headers})
        return adapter.send(request, timeout=self._timeout, **self._settings[host])

    def _checked_host(self, address: str) -> str:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or parts.netloc not in self._hosts:
            hosts = ", ".join(sorted(self._hosts))
            raise Refused(f"{address!r} is not on {hosts}; see wiki.file_hosts in config.yaml")
        return parts.netloc


def _environment(host: str, adapter: HTTPAdapter | None) -> Mapping[str, Any]:
    """Return what the environment says of requests to a host: proxies and certificates."""
    session = requests.Session()
    session.trust_env = adapter is None  # a proxy would look names up by itself
    return session.merge_environment_settings(
        f"https://{host}", proxies={}, stream=True, verify=None, cert=None
    )


class _Metered:
    """The body of an answer, of which no byte is read before it is granted."""

    def __init__(self, raw: Any, place: Place) -> None:
        self._raw = raw
        self._place = place
        length = raw.headers.get("Content-Length", "")
        self._left = int(length) if length.isdecimal() else None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def read1(self, amount: int, **options: Any) -> bytes:
        """Return what has come, at most `amount` bytes; nothing at the end."""
        wanted = amount if self._left is None else min(amount, self._left)
        if wanted:
            self._place.read(wanted)
        data: bytes = self._raw.read1(wanted or amount, **options)
        if self._left is not None:
            self._left = max(0, self._left - len(data))
        return data


def raise_for(response: requests.Response, kinds: tuple[str, ...]) -> None:
    """Accept a whole or partial answer whose type begins with one of `kinds`, and no other.

    Raises:
        NotThereYet: 404, as a fresh upload's renderings answer for a while.
        ServerBusy: with the pause that was asked for.
        NetworkFault: trouble that may pass.
        Refused: it will answer the same again.
    """
    if response.status_code == requests.codes.not_found:
        raise NotThereYet(f"{response.url} answered 404")
    if retry_after(response) is not None:
        raise_if_busy(response)
    # Without Retry-After it is this file's own trouble: after four failures to render a picture,
    # MediaWiki answers 429 for it alone (thumb.php, wfGenerateThumbnail, attempt-failures).
    if response.status_code in TROUBLED:
        raise NetworkFault(f"{response.url} answered {response.status_code}")
    if not response.ok:
        raise Refused(f"{response.url} answered {response.status_code}")
    kind = response.headers.get("Content-Type", "")
    if not kind.startswith(kinds):
        # A server in trouble answers 200 with a page of HTML.
        wanted = " or ".join(kinds)
        raise NetworkFault(f"{response.url} is {kind or 'of no type'}, not {wanted}")
