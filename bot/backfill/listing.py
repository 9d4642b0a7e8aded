"""Which files there are, a page at a time, the newest first, from the wiki's API.

https://www.mediawiki.org/wiki/API:Allimages and https://www.mediawiki.org/wiki/API:Categorymembers
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from bot.backfill.walk import Walk
from bot.errors import Refused
from bot.ledger import Backfill, ListedFile
from bot.wikiapi import WikiApi

PROPERTIES: Final = "timestamp|user|sha1"
LARGEST_PAGE: Final = 500  # files that the API lists at once for an account without more rights
Page = Mapping[str, Any]


class Source(StrEnum):
    """What is listed; the target says of which category, or since when (ISO 8601)."""

    CATEGORY = "category"
    CATEGORIES = "categories"  # and those below it; where that is stands in `bot.backfill.walk`
    SINCE = "since"
    ALL = "allimages"


@dataclass(frozen=True, slots=True)
class ListedPage:
    """One answer's worth. `hidden` are files whose sha1 is not told; `token` None at the end."""

    files: tuple[ListedFile, ...]
    hidden: int
    token: str | None


class Listing:
    """Reads the lists. Every call raises what `WikiApi.turn` raises."""

    def __init__(self, api: WikiApi) -> None:
        self._api = api

    def page(self, backfill: Backfill, size: int) -> ListedPage:
        """Return the next page of at most `size` files."""
        if backfill.source == Source.CATEGORY:
            return self._members(backfill.target, backfill.token, size)
        if backfill.source == Source.CATEGORIES:
            return self._below(Walk.read(backfill.token or ""), size)
        return self._images(backfill, size)

    def expected(self, source: Source, target: str) -> int | None:
        """Return how many files the wiki counts; None when it does not.

        Raises:
            Refused: there is no such category.
        """
        if source is Source.ALL:
            with self._api.turn():
                answer = next(self._api.answers(meta="siteinfo", siprop="statistics"))
                return int(answer["query"]["statistics"]["images"])
        if source is Source.CATEGORY:
            with self._api.turn():
                answer = next(self._api.answers(prop="categoryinfo", titles=target))
                (page,) = answer["query"]["pages"]
                if "categoryinfo" in page:
                    return int(page["categoryinfo"]["files"])
            raise Refused(f"{target} is no category with files on this wiki")
        return None

    def _below(self, walk: Walk, size: int) -> ListedPage:
        page = self._members(walk.category, walk.token, size)
        if page.token:
            return ListedPage(page.files, page.hidden, walk.within(page.token).text)
        after = walk.beyond(self._sub_categories(walk.category) if walk.goes_down else ())
        return ListedPage(page.files, page.hidden, after.text if after else None)

    def _sub_categories(self, category: str) -> list[str]:
        asked = {"cmtitle": category, "cmtype": "subcat", "cmlimit": str(LARGEST_PAGE)}
        with self._api.turn():
            return [
                member["title"]
                for answer in self._api.answers(list="categorymembers", **asked)
                for member in answer["query"]["categorymembers"]
            ]

    def _images(self, backfill: Backfill, size: int) -> ListedPage:
        """Return a page that goes on from the last one.

        MediaWiki orders by time alone and goes on by time and name (ApiQueryAllImages). A
        database that orders the files of one second otherwise may lead back to where we were:
        SQLite does, InnoDB does not. A larger page gets past that second.

        Raises:
            Refused: not even the largest page does.
        """
        page = self._image_page(backfill, size)
        if page.token and page.token == backfill.token:
            page = self._image_page(backfill, LARGEST_PAGE)
        if page.token and page.token == backfill.token:
            raise Refused(f"the wiki's list of files does not go on from {page.token!r}")
        return page

    def _image_page(self, backfill: Backfill, size: int) -> ListedPage:
        asked = {
            "aisort": "timestamp",
            "aidir": "older",
            "aiprop": PROPERTIES,
            "ailimit": str(size),
        }
        if backfill.source == Source.SINCE:
            asked["aiend"] = backfill.target
        if backfill.token:
            asked |= {"aicontinue": backfill.token, "continue": "-||"}
        with self._api.turn():
            answer = next(self._api.answers(list="allimages", **asked))
            found: list[Page] = answer["query"]["allimages"]
            files = tuple(_files((entry["title"], entry) for entry in found))
            token = answer.get("continue", {}).get("aicontinue")
        return ListedPage(files, len(found) - len(files), token)

    def _members(self, category: str, at: str | None, size: int) -> ListedPage:
        asked = {"gcmtitle": category, "gcmtype": "file", "gcmlimit": str(size)}
        asked |= {"gcmsort": "timestamp", "gcmdir": "older"}
        if at:
            asked |= {"gcmcontinue": at, "continue": "gcmcontinue||"}
        pages: dict[str, Page] = {}
        token = None
        with self._api.turn():
            for answer in self._api.answers(
                generator="categorymembers", prop="imageinfo", iiprop=PROPERTIES, **asked
            ):
                for page in answer.get("query", {}).get("pages", []):
                    pages[page["title"]] = page | pages.get(page["title"], {})
                token = answer.get("continue", {}).get("gcmcontinue")
                if answer.get("batchcomplete"):
                    break
            infos = [(title, page["imageinfo"][0]) for title, page in pages.items() if _is(page)]
            files = tuple(_files(iter(infos)))
        return ListedPage(files, len(infos) - len(files), token)


def _is(page: Page) -> bool:
    """Tell whether a page of the category has a file of this wiki."""
    return bool(page.get("imageinfo")) and "filemissing" not in page["imageinfo"][0]


def _files(entries: Iterator[tuple[str, Page]]) -> Iterator[ListedFile]:
    for title, entry in entries:
        if entry.get("sha1"):
            yield ListedFile(
                title=title,
                user=entry.get("user", ""),
                sha1=entry["sha1"],
                uploaded_at=datetime.fromisoformat(entry["timestamp"]),
            )
