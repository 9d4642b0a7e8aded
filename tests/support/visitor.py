"""Somebody with a browser's cookie jar and no browser: signs in, and sends forms."""

from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import urlsplit

import requests

from support.api import ANSWER_S, ApiProcess

JSON: Final = {"Accept": "application/json"}


class Visitor:
    """Keeps cookies as a browser does on loopback, where `Secure` is met without TLS."""

    def __init__(self, api: ApiProcess) -> None:
        self._api = api
        self.cookies: dict[str, str] = {}
        self.set_cookies: list[str] = []  # as they came

    def get(self, path: str, **more: Any) -> requests.Response:
        """Ask, and go nowhere by redirect."""
        return self._send("GET", path, **more)

    def post(self, path: str, form: dict[str, Any], **headers: str) -> requests.Response:
        """Send a form, and go nowhere by redirect."""
        return self._send("POST", path, data=form, headers=headers)

    def sign_in(self, *, next: str = "/", answer: str = "allow") -> requests.Response:  # noqa: A002 - the parameter's name in the address
        """Go to the wiki, answer it there, and come back."""
        left = self.get("/login", params={"next": next})
        assert left.status_code == 303, left.text
        asked = requests.get(left.headers["Location"], timeout=ANSWER_S)
        assert asked.status_code == 200, asked.text
        said = requests.post(
            left.headers["Location"],
            data={"answer": answer},
            timeout=ANSWER_S,
            allow_redirects=False,
        )
        back = urlsplit(said.headers["Location"])
        return self.get(f"{back.path}?{back.query}")

    @property
    def token(self) -> str:
        """What forms have to carry; empty for nobody."""
        return self.get("/session").json()["csrf"] or ""

    def decide(self, log_id: int, outcome: str = "ok", **more: str) -> requests.Response:
        """Decide as a script of the page does."""
        form = {"log_id": log_id, "outcome": outcome, "csrf": self.token, **more}
        return self.post("/decisions", form, **JSON)

    def undo(self, key: int) -> requests.Response:
        """Take back as a script of the page does."""
        return self.post(f"/decisions/{key}/undo", {"csrf": self.token}, **JSON)

    def _send(self, method: str, path: str, **more: Any) -> requests.Response:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookie} if cookie else {}
        headers |= more.pop("headers", {})
        answer = requests.request(
            method,
            self._api.base + path,
            headers=headers,
            timeout=ANSWER_S,
            allow_redirects=False,
            **more,
        )
        self._keep(answer.raw.headers.getlist("Set-Cookie"))
        return answer

    def _keep(self, given: list[str]) -> None:
        self.set_cookies += given
        for text in given:
            for name, morsel in SimpleCookie(text).items():
                self.cookies[name] = morsel.value
                if "1970" in morsel["expires"]:
                    del self.cookies[name]
