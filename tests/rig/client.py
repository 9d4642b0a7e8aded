"""A small API client for what people do on the wiki; the bot has its own."""

import re
from dataclasses import dataclass
from typing import Any

import requests

from rig.accounts import Account

TIMEOUT_S = 60.0
FORM_TOKEN = re.compile('id="wpEditToken" type="hidden" value="([^"]+)"')
USER_AGENT = "lookout-rig/1 (loopback)"

Answer = dict[str, Any]


class ApiError(Exception):
    """The API refused; `code` is MediaWiki's."""

    def __init__(self, error: Answer) -> None:
        super().__init__(f"{error['code']}: {error.get('info')}")
        self.code: str = error["code"]


@dataclass(frozen=True)
class Revision:
    """One entry of a page's history."""

    id: int
    user: str
    comment: str
    text: str
    tags: tuple[str, ...]


class WikiClient:
    """Acts as one account, with all its rights."""

    def __init__(self, api_url: str, account: Account) -> None:
        self._url = api_url
        self._session = requests.Session()
        self._session.headers["User-Agent"] = USER_AGENT
        self._token = ""
        self._log_in(account)
        self._token = self._fresh_token("csrf")

    def get(self, **params: Any) -> Answer:
        """Ask the API."""
        return self._checked(self._session.get(self._url, params=_json(params), timeout=TIMEOUT_S))

    def post(self, action: str, *, content: bytes | None = None, **params: Any) -> Answer:
        """Have the API do something; `content` is the file of an upload."""
        data = _json({"action": action, "token": self._token, **params})
        files = None if content is None else {"file": ("file", content)}
        answer = self._checked(
            self._session.post(self._url, data=data, files=files, timeout=TIMEOUT_S)
        )
        outcome = answer.get(action)
        if isinstance(outcome, dict) and outcome.get("result") == "Failure":
            raise ApiError({"code": "failure", "info": outcome})
        return answer

    def upload(
        self, name: str, content: bytes, *, comment: str = "test upload", text: str = ""
    ) -> Answer:
        """Upload `content` as `File:name`, over what is there; return its imageinfo."""
        answer = self.post(
            "upload", content=content, filename=name, comment=comment, text=text, ignorewarnings=1
        )
        info: Answer = answer["upload"]["imageinfo"]
        return info

    def edit(self, title: str, text: str, *, summary: str = "", **params: Any) -> Answer:
        """Replace a page's text."""
        edit: Answer = self.post("edit", title=title, text=text, summary=summary, **params)["edit"]
        return edit

    def delete(self, title: str, *, reason: str = "test") -> None:
        """Delete a page and, of a file page, the file."""
        self.post("delete", title=title, reason=reason)

    def undelete(self, title: str, *, reason: str = "test") -> None:
        """Bring back everything that was deleted."""
        self.post("undelete", title=title, reason=reason)

    def revert_by_web(self, index_url: str, name: str, version: str, *, comment: str = "") -> None:
        """Make an archived `version` of `File:name` current through the web form.

        The form logs `revert`, `action=filerevert` of the API logs `overwrite`.
        """
        page = {"title": f"File:{name}", "action": "revert", "oldimage": version}
        form = self._session.get(index_url, params=page, timeout=TIMEOUT_S)
        token = FORM_TOKEN.search(form.text)
        if token is None:
            raise ApiError({"code": "noform", "info": f"no version {version} of File:{name}"})
        data = {**page, "wpEditToken": token[1], "wpcomment": comment}
        answer = self._session.post(index_url, data=data, timeout=TIMEOUT_S)
        answer.raise_for_status()
        if FORM_TOKEN.search(answer.text):
            raise ApiError({"code": "formagain", "info": "the form came back with an error"})

    def versions(self, name: str) -> list[Answer]:
        """Return imageinfo of every version of `File:name`, newest first."""
        properties = "archivename|sha1|timestamp|url"
        pages = self.get(
            action="query", prop="imageinfo", titles=f"File:{name}", iilimit=50, iiprop=properties
        )["query"]["pages"]
        versions: list[Answer] = pages[0].get("imageinfo", [])
        return versions

    def move(self, title: str, target: str, *, redirect: bool = True, reason: str = "test") -> None:
        """Rename a page, or a page and its file."""
        names: Answer = {"from": title, "to": target}
        stay: Answer = {} if redirect else {"noredirect": 1}
        self.post("move", reason=reason, **names, **stay)

    def text(self, title: str) -> str | None:
        """Return a page's wikitext, None when there is no such page."""
        history = self.history(title, limit=1)
        return history[0].text if history else None

    def history(self, title: str, *, limit: int = 50) -> list[Revision]:
        """Return a page's revisions, newest first."""
        pages = self.get(
            action="query",
            prop="revisions",
            titles=title,
            rvprop="ids|user|comment|content|tags",
            rvslots="main",
            rvlimit=limit,
        )["query"]["pages"]
        return [_revision(revision) for revision in pages[0].get("revisions", ())]

    def file_info(self, name: str, *, width: int | None = None) -> Answer:
        """Return the imageinfo of `File:name`, with a thumbnail `width` pixels wide."""
        scale = {} if width is None else {"iiurlwidth": width}
        pages = self.get(
            action="query",
            prop="imageinfo",
            titles=f"File:{name}",
            iiprop="url|size|sha1|mime|mediatype|timestamp|thumbmime",
            **scale,
        )["query"]["pages"]
        info: Answer = pages[0]["imageinfo"][0]
        return info

    def _log_in(self, account: Account) -> None:
        answer = self.post(
            "clientlogin",
            username=account.name,
            password=account.password,
            logintoken=self._fresh_token("login"),
            loginreturnurl="http://127.0.0.1/",
        )["clientlogin"]
        if answer["status"] != "PASS":
            raise ApiError({"code": answer["messagecode"], "info": answer["message"]})

    def _fresh_token(self, kind: str) -> str:
        token: str = self.get(action="query", meta="tokens", type=kind)["query"]["tokens"][
            f"{kind}token"
        ]
        return token

    def _checked(self, response: requests.Response) -> Answer:
        response.raise_for_status()
        answer: Answer = response.json()
        if "error" in answer:
            raise ApiError(answer["error"])
        return answer


def _json(params: Answer) -> Answer:
    return {"format": "json", "formatversion": 2, **params}


def _revision(revision: Answer) -> Revision:
    return Revision(
        id=revision["revid"],
        user=revision["user"],
        comment=revision["comment"],
        text=revision["slots"]["main"]["content"],
        tags=tuple(revision["tags"]),
    )
