"""Which files lie in a category on the wiki, and in those below it.

https://www.mediawiki.org/wiki/API:Categorymembers
"""

import hashlib
import heapq
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from bot.collecting.waiting import Waiting
from bot.collecting.wanted import Wanted
from bot.errors import ConfigInvalid
from bot.wikiapi import WikiApi
from model.training.dataset.collection import check_label

PREFIX: Final = "Category:"
MEMBERS_PER_REQUEST: Final = 500
MOST_CATEGORIES: Final = 2000
"""Looked into for one label: categories of Commons lead nearly everywhere within a few steps."""


@dataclass(frozen=True, slots=True)
class CategoryLabel:
    """A category whose files get a label and tags."""

    category: str
    label: str
    tags: tuple[str, ...] = ()


def category_label(text: str) -> CategoryLabel:
    """Read `Category:X=label` or `Category:X=label+tag+tag`.

    Raises:
        ConfigInvalid: It is none.
        DatasetUnusable: The label cannot be a folder's name.
    """
    category, _, rest = text.rpartition("=")
    label, *tags = rest.split("+")
    if not category.startswith(PREFIX) or not label:
        raise ConfigInvalid(
            f"{text!r}: write the category's title, an equals sign and a label, such as "
            '"Category:Pencil drawings=drawing"; tags may follow, such as "=drawing+art".'
        )
    return CategoryLabel(category.strip(), check_label(label.strip()), tuple(filter(None, tags)))


class Categories:
    """Lists files.

    Args:
        api: Of the wiki.
        waiting: Decides how often a request is tried again.
    """

    def __init__(self, api: WikiApi, waiting: Waiting) -> None:
        self._api = api
        self._waiting = waiting

    def files(self, asked: CategoryLabel, *, depth: int, most: int) -> list[Wanted]:
        """Return the files of a category, each once, by title.

        Where there are more than `most`, those with the least hash of their title are taken:
        neither the alphabet nor the date decides, and the same ones are taken again.

        Args:
            asked: The category and its label.
            depth: Steps down into sub-categories; 0 for none.
            most: Files to return at most.

        Raises:
            RetryLater: The wiki gives no answer.
            Refused: There cannot be such a category.
        """
        titles = heapq.nsmallest(most, set(self._titles(asked.category, depth)), key=_lot)
        return [
            Wanted(title=title, label=asked.label, source=asked.category, tags=asked.tags)
            for title in sorted(titles)
        ]

    def _titles(self, category: str, depth: int) -> Iterator[str]:
        seen = {category}
        waiting = deque([(category, 0)])
        while waiting:
            title, level = waiting.popleft()
            for member in self._members(title, "file|subcat" if level < depth else "file"):
                name = member["title"]
                if member["type"] == "file":
                    yield name
                elif name not in seen and len(seen) < MOST_CATEGORIES:
                    seen.add(name)
                    waiting.append((name, level + 1))

    def _members(self, category: str, kinds: str) -> Iterator[dict[str, Any]]:
        """Yield the members, a page of the list at a time, so that a pause costs one page."""
        token = ""
        while True:
            members, token = self._waiting.ask(partial(self._page, category, kinds, token))
            yield from members
            if not token:
                return

    def _page(self, category: str, kinds: str, token: str) -> tuple[list[dict[str, Any]], str]:
        go_on = {"cmcontinue": token, "continue": "-||"} if token else {}
        with self._api.turn():
            answer = next(
                self._api.answers(
                    list="categorymembers",
                    cmtitle=category,
                    cmtype=kinds,
                    cmprop="title|type",
                    cmlimit=str(MEMBERS_PER_REQUEST),
                    **go_on,
                )
            )
            members: list[dict[str, Any]] = answer["query"]["categorymembers"]
            return members, answer.get("continue", {}).get("cmcontinue", "")


def _lot(title: str) -> str:
    return hashlib.sha256(title.encode()).hexdigest()
