"""Reads a control page: its newest text, who wrote it, and who may."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.wikiapi import WikiApi, batches


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlPage:
    """One page as it was read."""

    title: str
    text: str
    revision: int
    user: str  # who wrote this revision; empty when that is hidden
    protection: str  # the group without which it cannot be edited; empty when anybody can

    @property
    def source(self) -> str:
        """Which words these are, and whose."""
        return f"{self.title}, revision {self.revision} by {self.user or 'a hidden user'}"


def read_pages(api: WikiApi, titles: Sequence[str]) -> dict[str, ControlPage]:
    """Return the pages that exist, by the titles asked for.

    Raises:
        RetryLater: the wiki is busy or out of reach, or its answer is none.
        Refused: the wiki does not accept the request.
    """
    found: dict[str, ControlPage] = {}
    renamed: dict[str, str] = {}
    for batch in batches([title for title in titles if title]):
        with api.turn():
            for answer in api.answers(
                prop="revisions|info",
                titles="|".join(batch),
                rvprop="ids|user|content",
                rvslots="main",
                inprop="protection",
            ):
                query = answer["query"]
                renamed |= {one["from"]: one["to"] for one in query.get("normalized", ())}
                found |= {page["title"]: _page(page) for page in query["pages"] if _has_text(page)}
    named = {title: found.get(renamed.get(title, title)) for title in titles}
    return {title: page for title, page in named.items() if page}


def _has_text(page: Mapping[str, Any]) -> bool:
    return bool(page.get("revisions"))


def _page(page: Mapping[str, Any]) -> ControlPage:
    (revision,) = page["revisions"]
    return ControlPage(
        title=page["title"],
        text=revision["slots"]["main"].get("content", ""),
        revision=revision["revid"],
        user=revision.get("user", ""),
        protection=_edit_level(page["protection"]),
    )


def _edit_level(entries: Sequence[Mapping[str, str]]) -> str:
    levels = (entry["level"] for entry in entries if entry["type"] == "edit")
    return next(levels, "")
