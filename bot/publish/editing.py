"""An edit as everybody on a wiki has to make it: read, change, save, and again after a conflict."""

from collections.abc import Callable
from typing import TypeVar

import structlog

from bot.errors import EditConflict
from bot.publish.wiki import Page, ReviewWiki

log = structlog.get_logger(__name__)

TRIES = 5
Result = TypeVar("Result")


def edit(wiki: ReviewWiki, title: str, change: Callable[[Page], str], summary: str) -> Page:
    """Save what `change` makes of a page, if that is anything new; return the page as it is then.

    Raises:
        EditConflict: somebody else was quicker every time.
    """
    return again_after_conflicts(lambda: _once(wiki, title, change, summary))


def again_after_conflicts(work: Callable[[], Result]) -> Result:
    """Return what `work` returns, which is begun anew when somebody else saved meanwhile.

    Raises:
        EditConflict: somebody else was quicker every time.
    """
    for _ in range(TRIES - 1):
        try:
            return work()
        except EditConflict as error:
            log.info("publish.conflict", error=str(error))
    return work()


def _once(wiki: ReviewWiki, title: str, change: Callable[[Page], str], summary: str) -> Page:
    page = wiki.read(title)
    text = change(page)
    if text.rstrip() == page.text.rstrip():
        return page
    return Page(page.title, text, wiki.save(page, text, summary))
