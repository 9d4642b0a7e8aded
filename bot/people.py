"""Who uploaded a file and what stands on its page, from the MediaWiki API."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.rules import FilePage, Uploader
from bot.wikiapi import WikiApi, batches

IMPLICIT_GROUPS = ("*", "user")
SEPARATOR = "\x1f"  # stands before and between values that may hold a `|` (API:Data formats)
TEMPLATE_NAMESPACE = "10"


def uploaders(api: WikiApi, names: Sequence[str]) -> dict[str, Uploader]:
    """Return the account of each name; one without edits for an address or an unknown name.

    Raises:
        RetryLater: the wiki is busy or out of reach, or its answer is none.
        Refused: the wiki does not accept the request.
    """
    found: dict[str, Uploader] = {}
    for batch in batches(sorted(set(names) - {""})):
        with api.turn():
            for answer in api.answers(
                list="users",
                ususers=SEPARATOR + SEPARATOR.join(batch),
                usprop="groups|editcount|registration",
            ):
                users = answer["query"]["users"]
                found |= {user["name"]: _uploader(user) for user in users}
    return {name: found.get(name, Uploader()) for name in names}


def file_pages(api: WikiApi, titles: Sequence[str]) -> dict[str, FilePage]:
    """Return templates and categories of each page; none for a page that is not there.

    Raises: as `uploaders` does.
    """
    found: dict[str, FilePage] = {}
    for batch in batches(sorted(set(titles))):
        with api.turn():
            for page in _pages(api, batch):
                known = found.get(page["title"], FilePage())
                found[page["title"]] = FilePage(
                    templates=known.templates + _names(page, "templates"),
                    categories=known.categories + _names(page, "categories"),
                )
    return {title: found.get(title, FilePage()) for title in titles}


def _pages(api: WikiApi, titles: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    for answer in api.answers(
        prop="categories|templates",
        titles="|".join(titles),
        cllimit="max",
        tllimit="max",
        tlnamespace=TEMPLATE_NAMESPACE,
    ):
        yield from answer["query"]["pages"]


def _uploader(user: Mapping[str, Any]) -> Uploader:
    groups = (group for group in user.get("groups", ()) if group not in IMPLICIT_GROUPS)
    return Uploader(
        groups=tuple(groups),
        edits=user.get("editcount", 0),
        registered_at=_registered(user),
    )


def _registered(user: Mapping[str, Any]) -> datetime | None:
    """Return when an account was made; those of before 2005 have no date, and are old."""
    if "userid" not in user:
        return None
    stated = user.get("registration")
    return datetime.fromisoformat(stated) if stated else datetime.fromtimestamp(0, UTC)


def _names(page: Mapping[str, Any], prop: str) -> tuple[str, ...]:
    """Return titles without their namespace, whatever language it is named in."""
    return tuple(entry["title"].partition(":")[2] for entry in page.get(prop, ()))
