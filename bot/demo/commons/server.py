"""The miniature Commons over HTTP: api.php, the file host and its thumbnails, the icons."""

import json
import re
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from bot.demo.commons.addresses import API_PATH, ICON_PATH, INDEX_PATH, Addresses
from bot.demo.commons.api import answer
from bot.demo.commons.ranges import part_of
from bot.demo.commons.request import ApiError, Request, error_body
from bot.demo.commons.thumbnails import (
    STEPS,
    Unrenderable,
    Variant,
    icon,
    parse_file_name,
    render,
    standard,
)
from bot.demo.commons.wiki import PREFIX, MiniWiki, Version, file_name

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_FORM_BYTES = 1024 * 1024
SHUTDOWN_POLL_S = 0.05
# https://meta.wikimedia.org/wiki/User-Agent_policy
GENERIC_AGENT = re.compile(
    r"(python-requests|python-urllib|aiohttp|curl|wget|java|go-http)|$", re.IGNORECASE
)
AGENT_REFUSAL = (
    "Please set a user-agent and respect our robot policy https://w.wiki/4wJS. "
    "See also https://phabricator.wikimedia.org/T400119.\n"
)
REDIRECT = "Special:Redirect/file/"
WIDTH_REFUSAL = "Use thumbnail steps listed on https://w.wiki/GHai\n"
_TRANSCODE = re.compile(
    r"/upload/transcoded/[0-9a-f]/[0-9a-f]{2}/(?P<name>[^/]+)/(?P=name)\.(?P<key>[^/]+)"
)
_FILE = re.compile(
    r"/upload/(?P<thumb>thumb/)?(?P<archive>archive/)?[0-9a-f]/[0-9a-f]{2}/"
    r"(?P<name>[^/]+)(?(thumb)/(?P<variant>[^/]+))"
)


class Refusal(Exception):
    """The request ends with an HTTP status and a line of text."""

    def __init__(self, status: HTTPStatus, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class MiniCommons:
    """A wiki with a file host on loopback; a context manager. Files are added through `wiki`."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.wiki = MiniWiki()
        self.asked: list[str] = []  # the path of every request
        self.before: Callable[[str], None] = _at_once
        self._server = _Server((host, port), _Handler)
        self.addresses = Addresses(f"http://{host}:{self._server.server_port}")
        self._server.commons = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(SHUTDOWN_POLL_S,), daemon=True
        )

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and free the port."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _at_once(_path: str) -> None:
    """Hold no request; a test may put another function in this one's place."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    commons: MiniCommons

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent about clients that hang up; the bot is killed in the middle of a request."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "MiniCommons"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._respond(urlsplit(self.path).query)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        if length > MAX_FORM_BYTES:
            self._send(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "text/plain", b"")
            return
        self._respond(self.rfile.read(length).decode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing: the narration is the demonstration's only output."""

    def _respond(self, form: str) -> None:
        try:
            self._route(unquote(urlsplit(self.path).path), form)
        except Refusal as refusal:
            self._send(refusal.status, "text/plain; charset=utf-8", refusal.text.encode())

    def _route(self, path: str, form: str) -> None:
        self.server.commons.asked.append(path)
        self.server.commons.before(path)
        if GENERIC_AGENT.match(self.headers.get("User-Agent", "")):
            raise Refusal(HTTPStatus.FORBIDDEN, AGENT_REFUSAL)
        if path == API_PATH:
            self._api(dict(parse_qsl(form, keep_blank_values=True)))
        elif path == INDEX_PATH:
            self._redirect(dict(parse_qsl(form)))
        elif path == ICON_PATH:
            self._send(HTTPStatus.OK, "image/png", icon())
        elif match := _TRANSCODE.fullmatch(path):
            self._transcode(**match.groupdict())
        elif match := _FILE.fullmatch(path):
            self._file(**match.groupdict())
        else:
            raise Refusal(HTTPStatus.NOT_FOUND, f"{path} is not here\n")

    def _api(self, parameters: dict[str, str]) -> None:
        commons = self.server.commons
        headers = {}
        try:
            body = answer(commons.wiki, commons.addresses, Request(parameters))
        except ApiError as error:
            body = error_body(error, commons.addresses.api)
            headers["MediaWiki-API-Error"] = error.code
        content = json.dumps(body, ensure_ascii=False).encode()
        self._send(HTTPStatus.OK, "application/json; charset=utf-8", content, **headers)

    def _redirect(self, asked: dict[str, str]) -> None:
        """Lead from a file's title to its picture, as Special:Redirect does."""
        title, width = asked.get("title", ""), asked.get("width", "")
        if not title.startswith(REDIRECT) or not width.isdecimal():
            raise Refusal(HTTPStatus.NOT_FOUND, "There are no pages here\n")
        name, addresses = file_name(PREFIX + title.removeprefix(REDIRECT)), self._addresses
        version = self._version(name, archived=False)
        shape, whole = version.format, PREFIX + name.replace("_", " ")
        served = standard(Variant(int(width)), shape) if shape.width else None
        address = addresses.original(whole, version)
        if served:
            address = addresses.thumbnail(whole, version, served.file_name(name, shape))
        self._send(HTTPStatus.FOUND, "text/plain", b"", Location=address)

    @property
    def _addresses(self) -> Addresses:
        return self.server.commons.addresses

    def _file(
        self, name: str, *, thumb: str | None, archive: str | None, variant: str | None
    ) -> None:
        version = self._version(name, archived=archive is not None)
        if thumb is None:
            self._send_part(version.format.mime, version.content)
        else:
            self._thumbnail(name, version, variant or "")

    def _transcode(self, name: str, key: str) -> None:
        version = self._version(name, archived=False)
        if key not in version.transcodes:
            raise Refusal(HTTPStatus.NOT_FOUND, f"No such transcode: {key}\n")
        self._send_part(version.format.mime, version.transcodes[key])

    def _version(self, name: str, *, archived: bool) -> Version:
        title = PREFIX + (name.split("!", 1)[-1] if archived else name).replace("_", " ")
        for version in self.server.commons.wiki.versions(title):
            if version.archive_name == (name if archived else None):
                return version
        raise Refusal(HTTPStatus.NOT_FOUND, f"File not found: {name}\n")

    def _thumbnail(self, name: str, version: Version, variant_name: str) -> None:
        shape, variant = version.format, parse_file_name(variant_name)
        if variant and variant.width not in STEPS:
            raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, WIDTH_REFUSAL)
        original = file_name(PREFIX + name.split("!", 1)[-1])
        served = standard(variant, shape) if variant and shape.width else None
        if served is None or served.file_name(original, shape) != variant_name:
            raise Refusal(HTTPStatus.NOT_FOUND, f"No such thumbnail: {variant_name}\n")
        if monotonic() < version.rendered_from:
            raise Refusal(HTTPStatus.NOT_FOUND, f"Not rendered yet: {variant_name}\n")
        try:
            content = render(version.content, shape, served)
        except Unrenderable as error:
            raise Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, f"{error}\n") from error
        self._send(HTTPStatus.OK, shape.thumbnail_mime, content)

    def _send_part(self, mime: str, content: bytes) -> None:
        part = part_of(content, dict(self.headers))
        self._send(part.status, mime, part.content, **part.headers)

    def _send(self, status: HTTPStatus, mime: str, content: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", mime)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
