"""The run page: while it does not say `true`, the bot watches on and writes nothing to the wiki."""

import re

import structlog

from bot.config import Settings
from bot.control.pages import ControlPage, read_pages
from bot.errors import SwitchedOff
from bot.wikiapi import WikiApi

log = structlog.get_logger(__name__)

COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
SHOWN_CHARACTERS = 60
GO = "true"


class RunPage:
    """Asked anew before each edit, so that a person who stops the bot stops the next one."""

    def __init__(self, api: WikiApi) -> None:
        self._api = api
        self._off = False

    def require(self, settings: Settings) -> None:
        """Return if edits are wanted now.

        Raises:
            SwitchedOff: they are not; the message says which words, and whose.
            RetryLater: the page cannot be read now. Without its word nothing is written.
        """
        title = settings.control.run_page
        if not title or settings.publish.mode != "live":
            return
        page = read_pages(self._api, [title]).get(title)
        if page is None or not says_go(page.text):
            self._off = True
            raise SwitchedOff(_why(title, page), retry_after=settings.control.check_seconds)
        if self._off:
            self._off = False
            log.info("control.resumed", source=page.source)


def says_go(text: str) -> bool:
    """Tell whether a run page says `true` and nothing else, comments apart."""
    return COMMENT.sub("", text).strip().lower() == GO


def _why(title: str, page: ControlPage | None) -> str:
    advice = f"Nothing is written to the wiki until {title} says {GO}"
    if page is None:
        return f"{title} does not exist. {advice}"
    words = " ".join(COMMENT.sub("", page.text).split())[:SHOWN_CHARACTERS]
    return f"{page.source}, says {words!r}. {advice}"
