"""`api.php`: the part of `action=query` that a reader of files needs, in `formatversion=2`.

Answers were compared with those of MediaWiki 1.39; unlike it, this one has no other format.
"""

from typing import Any

from bot.demo.commons import videoinfo
from bot.demo.commons.addresses import Addresses
from bot.demo.commons.allimages import all_images
from bot.demo.commons.imageinfo import ImageInfo
from bot.demo.commons.logevents import log_events
from bot.demo.commons.pages import described
from bot.demo.commons.request import ApiError, Request, iso
from bot.demo.commons.wiki import PREFIX, MiniWiki, User

FILE_NAMESPACE = 6
PROPS = ("imageinfo", "videoinfo", "revisions", "info", "categories", "templates")
LISTS = ("users", "logevents", "recentchanges", "allimages")
METAS = ("siteinfo",)
SITE_PROPS = ("general", "statistics")
USER_PROPS = ("editcount", "registration", "groups", "blockinfo")
IMPLICIT_GROUPS = ("*", "user", "autoconfirmed")
GENERATOR = "MediaWiki 1.47.0-wmf.1"
Json = dict[str, Any]


def answer(wiki: MiniWiki, addresses: Addresses, request: Request) -> Json:
    """Return the JSON for one call.

    Raises:
        ApiError: the call as a whole cannot be answered.
    """
    action = request.text("action", "help")
    if action != "query":
        raise ApiError("badvalue", f'Unrecognized value for parameter "action": {action}.')
    for name, expected in (("format", "json"), ("formatversion", "2")):
        value = request.text(name)
        if value != expected:
            raise ApiError("badvalue", f'Unrecognized value for parameter "{name}": {value}.')
    return _Query(wiki, addresses, request).answer()


class _Query:
    def __init__(self, wiki: MiniWiki, addresses: Addresses, request: Request) -> None:
        self._wiki = wiki
        self._addresses = addresses
        self._request = request

    def answer(self) -> Json:
        props = self._request.chosen("prop", PROPS, module="query")
        lists = self._request.chosen("list", LISTS, module="query")
        metas = self._request.chosen("meta", METAS, module="query")
        query, go_on = self._pages(props)
        continued = {"iistart": go_on, "continue": "||"} if go_on else {}
        if "users" in lists:
            query["users"] = self._users()
        if "recentchanges" in lists:
            query["recentchanges"] = []  # nobody edits here
        if "logevents" in lists:
            query["logevents"], more = log_events(self._wiki, self._request)
            continued |= more
        if "allimages" in lists:
            query["allimages"], more = all_images(self._wiki, self._request)
            continued |= more
        if "siteinfo" in metas:
            query |= self._site()
        warnings = {
            module: {"warnings": "\n".join(texts)}
            for module, texts in self._request.warnings.items()
        }
        return {
            **({"continue": continued} if continued else {}),
            **({} if go_on else {"batchcomplete": True}),
            **({"warnings": warnings} if warnings else {}),
            **({"query": query} if query else {}),
        }

    def _pages(self, props: list[str]) -> tuple[Json, str | None]:
        """Return the pages, those that are missing first, as MediaWiki numbers them below zero."""
        asked = self._request.several("titles")
        normal = {title: _normalized(title) for title in asked}
        titles = sorted(set(normal.values()), key=lambda title: self._wiki.page_id(title) or 0)
        with_info = "imageinfo" in props
        module = ImageInfo(self._wiki, self._addresses, self._request) if with_info else None
        answers = [self._page(title, module, props) for title in titles]
        if "videoinfo" in props:
            answers = [(page | self._video(page["title"]), go_on) for page, go_on in answers]
        changed = [
            {"fromencoded": False, "from": title, "to": to}
            for title, to in normal.items()
            if title != to
        ]
        # With several titles MediaWiki does not say that older versions were left out.
        go_on = answers[0][1] if len(answers) == 1 else None
        return {
            **({"normalized": changed} if changed else {}),
            **({"pages": [page for page, _ in answers]} if answers else {}),
        }, go_on

    def _page(
        self, title: str, module: ImageInfo | None, props: list[str]
    ) -> tuple[Json, str | None]:
        page_id = self._wiki.page_id(title)
        page: Json = {} if page_id is None else {"pageid": page_id}
        page |= {"ns": FILE_NAMESPACE if title.startswith(PREFIX) else 0, "title": title}
        if page_id is None:
            page["missing"] = True
        elif text := self._wiki.text(title):
            page |= described(text, props)
        if module is None:
            return page, None
        versions, go_on = module.versions(title)
        page["imagerepository"] = "" if page_id is None else "local"
        if versions:
            page["imageinfo"] = versions
        return page, go_on

    def _video(self, title: str) -> Json:
        """Return what is told of a file's transcodes, which only its current version has."""
        asked = self._request.chosen(
            "viprop", videoinfo.PROPERTIES, module="videoinfo", default=videoinfo.DEFAULT_PROPS
        )
        versions = self._wiki.versions(title)
        if not asked or not versions:
            return {}
        found = videoinfo.derivatives(self._addresses, title, versions[0])
        return {"videoinfo": [{"derivatives": found}]}

    def _users(self) -> list[Json]:
        props = self._request.chosen("usprop", USER_PROPS, module="users")
        return [self._user(name, props) for name in self._request.several("ususers")]

    def _user(self, name: str, props: list[str]) -> Json:
        user = self._wiki.user(name)
        if user is None:
            return {"name": name, "missing": True}
        facts = _facts(user)
        known = {prop: facts[prop] for prop in props if prop in facts}
        block = {"blockid": user.user_id} if user.blocked and "blockinfo" in props else {}
        return {"userid": user.user_id, "name": name, **known, **block}

    def _site(self) -> Json:
        asked = self._request.chosen("siprop", SITE_PROPS, module="siteinfo", default="general")
        known = {"general": self._general(), "statistics": {"images": len(self._wiki.files())}}
        return {name: known[name] for name in asked}

    def _general(self) -> Json:
        return {
            "sitename": "Miniature Commons",
            "generator": GENERATOR,
            "case": "first-letter",
            "lang": "en",
            "server": self._addresses.base,
            "scriptpath": "/w",
            "script": "/w/index.php",
            "articlepath": "/wiki/$1",
            "wikiid": "commonswiki",
        }


def _facts(user: User) -> Json:
    return {
        "editcount": user.edits,
        "registration": iso(user.registered_at),
        "groups": [*user.groups, *IMPLICIT_GROUPS],
    }


def _normalized(title: str) -> str:
    """Return a title as MediaWiki writes it: `file:a_b.jpg` becomes `File:A b.jpg`."""
    text = " ".join(title.replace("_", " ").split())
    if text[: len(PREFIX)].lower() != PREFIX.lower():
        return text[:1].upper() + text[1:]
    name = text[len(PREFIX) :].lstrip()
    return PREFIX + name[:1].upper() + name[1:]
