"""OAuth 2.0 on loopback, with the endpoints and answers of MediaWiki's extension.

Written from its source: https://github.com/wikimedia/mediawiki-extensions-OAuth, `src/Rest/Handler`
and `src/UserStatementProvider.php`; errors are those of league/oauth2-server, on which it rests.
"""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Self
from urllib.parse import parse_qs, urlencode, urlsplit

BASE: Final = "/w/rest.php/oauth2"
CLIENT: Final = "c0ffee00c0ffee00c0ffee00c0ffee00"
SECRET: Final = "of-the-consumer"  # noqa: S105 - guards nothing
SHUTDOWN_POLL_S: Final = 0.02
LIFETIME_S: Final = 14_400
PAGE: Final = """<!doctype html><html lang="en"><title>Allow?</title><main><h1>Allow?</h1>
<p>Commons Lookout would like to know who you are: {name}.</p>
<form method="post" action="{path}"><button name="answer" value="allow">Allow</button>
<button name="answer" value="cancel">Cancel</button></form></main></html>"""


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization that was given, to be redeemed once."""

    user: str
    redirect: str
    challenge: str


@dataclass
class OAuthProvider:
    """The wiki's side; a context manager. `user` is who sits at the browser.

    Attributes:
        callback: The one address that the consumer was registered with.
        user: The account that is signed in on the wiki.
        profile: What its profile says besides, or instead.
        asked: Paths that were called, with their forms.
        fault: A status that the token endpoint answers instead, as a gateway would.
    """

    callback: str = ""
    user: str = "Patroller"
    profile: Mapping[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    fault: int = 0

    def __post_init__(self) -> None:
        self._codes: dict[str, Code] = {}
        self._tokens: dict[str, str] = {}
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self.url = f"http://127.0.0.1:{self._server.server_port}{BASE}"

    def __enter__(self) -> Self:
        poll = (SHUTDOWN_POLL_S,)
        threading.Thread(target=self._server.serve_forever, args=poll, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def authorize(self, asked: Mapping[str, str], *, allowed: bool) -> str:
        """Return where the browser is sent after somebody has chosen.

        Raises:
            OAuthError: the request is not one that the extension takes.
        """
        if asked.get("response_type") != "code" or asked.get("client_id") != CLIENT:
            raise OAuthError(401, "invalid_client")
        if asked.get("redirect_uri") != self.callback:
            raise OAuthError(401, "invalid_client")
        if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
            raise OAuthError(400, "invalid_request")
        if not allowed:  # without the state: see ClientApprovalDenyException
            return f"{self.callback}?{urlencode({'error': 'access_denied'})}"
        code = secrets.token_urlsafe()
        self._codes[code] = Code(self.user, asked["redirect_uri"], asked["code_challenge"])
        return f"{self.callback}?{urlencode({'code': code, 'state': asked.get('state', '')})}"

    def redeem(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """Return a token for a code, once.

        Raises:
            OAuthError: as the extension refuses.
        """
        if asked.get("grant_type") != "authorization_code":
            raise OAuthError(400, "unsupported_grant_type")
        if (asked.get("client_id"), asked.get("client_secret")) != (CLIENT, SECRET):
            raise OAuthError(401, "invalid_client")
        code = self._codes.pop(asked.get("code", ""), None)
        digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if not code or code.redirect != asked.get("redirect_uri") or code.challenge != challenge:
            raise OAuthError(400, "invalid_grant")
        token = secrets.token_urlsafe()
        self._tokens[token] = code.user
        return {"token_type": "Bearer", "expires_in": LIFETIME_S, "access_token": token}

    def about(self, authorization: str) -> dict[str, Any]:
        """Return the profile behind a token.

        Raises:
            OAuthError: there is none.
        """
        name = self._tokens.get(authorization.removeprefix("Bearer "))
        if name is None:
            raise OAuthError(401, "access_denied")
        known = {
            "sub": "42",
            "username": name,
            "editcount": 1234,
            "confirmed_email": True,
            "blocked": False,
            "registered": "20200101000000",
            "groups": ["*", "user", "autoconfirmed"],
            "rights": ["read", "edit"],
            "grants": ["mwoauth-authonly"],
        }
        return known | dict(self.profile)


class OAuthError(Exception):
    """A refusal, as league/oauth2-server words it."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.body = {"error": error, "error_description": error, "message": error}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    owner: OAuthProvider


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._guarded(self._get)

    def do_POST(self) -> None:
        self._guarded(self._post)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""

    def _guarded(self, answer: Any) -> None:
        self.close_connection = True
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length", 0))
        form = _flat(self.rfile.read(length).decode())
        self.server.owner.asked.append((parts.path.removeprefix(BASE), form))
        self.server.owner.agents.add(self.headers.get("User-Agent", ""))
        try:
            answer(parts.path.removeprefix(BASE), _flat(parts.query), form)
        except OAuthError as error:
            self._json(error.body, error.status)

    def _get(self, path: str, query: Mapping[str, str], _form: Mapping[str, str]) -> None:
        owner = self.server.owner
        if path == "/resource/profile":
            self._json(owner.about(self.headers.get("Authorization", "")))
        elif path == "/authorize":
            owner.authorize(query, allowed=False)  # is it a request to be asked about?
            action = self.path.replace("&", "&amp;")
            self._send(200, PAGE.format(name=owner.user, path=action).encode(), "text/html")
        else:
            self._json({"httpCode": 404}, 404)

    def _post(self, path: str, query: Mapping[str, str], form: Mapping[str, str]) -> None:
        owner = self.server.owner
        if path == "/authorize":
            place = owner.authorize(query, allowed=form.get("answer") == "allow")
            self._send(302, b"", "text/html", Location=place)
        elif path == "/access_token" and owner.fault:
            self._send(owner.fault, b"<h1>Error</h1>", "text/html")
        elif path == "/access_token":
            self._json(owner.redeem(form))
        else:
            self._json({"httpCode": 404}, 404)

    def _json(self, data: Mapping[str, Any], status: int = 200) -> None:
        self._send(status, json.dumps(data).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        told = {"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"}
        for name, value in (told | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _flat(text: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(text).items()}
