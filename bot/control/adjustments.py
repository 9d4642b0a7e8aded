"""What people on the wiki want otherwise than config.yaml, read again every now and then."""

import threading
import time
from collections.abc import Callable, Mapping

import structlog

from bot.config import Settings
from bot.control.optout import opted_out
from bot.control.pages import ControlPage, read_pages
from bot.control.thresholds import Move, adjusted, moves
from bot.errors import PageRefused
from bot.settings.control import ControlSettings
from bot.wikiapi import WikiApi

log = structlog.get_logger(__name__)


class Adjustments:
    """Opt-outs and moved thresholds. Safe to share between threads.

    Args:
        api: Reads the wiki.
        clock: Tells the time in seconds; it never goes back.
    """

    def __init__(self, api: WikiApi, clock: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._lock = threading.Lock()
        self._clock = clock
        self._pages: Mapping[str, ControlPage] = {}
        self._read_for: ControlSettings | None = None
        self._due = 0.0
        self._said = ""
        self.opted_out: frozenset[str] = frozenset()

    def apply(self, settings: Settings) -> Settings:
        """Return the settings as the wiki wants them; `opted_out` is then up to date too.

        Raises:
            RetryLater: the pages are due and cannot be read now.
            Refused: the wiki does not accept the request.
        """
        with self._lock:
            return self._apply(settings)

    def _apply(self, settings: Settings) -> Settings:
        self._refresh(settings.control)
        page = self._pages.get(settings.control.thresholds.page)
        if page is None:
            self._say("", "")
            return settings
        try:
            moved = moves(page, settings)
        except PageRefused as error:
            self._say(str(error), "control.refused")
            return settings
        self._say(_shown(page, moved), "control.thresholds")
        return adjusted(settings, moved)

    def _refresh(self, control: ControlSettings) -> None:
        if control == self._read_for and self._clock() < self._due:
            return
        self._pages = read_pages(self._api, [control.opt_out_page, control.thresholds.page])
        self._read_for = control
        self._due = self._clock() + control.check_seconds
        page = self._pages.get(control.opt_out_page)
        names = opted_out(page.text) if page else frozenset()
        if page and names != self.opted_out:
            log.info("control.opt-out", users=len(names), source=page.source)
        self.opted_out = names

    def _say(self, words: str, event: str) -> None:
        """Log what changed, once."""
        if words and words != self._said:
            if event == "control.refused":
                log.warning(event, reason=words, effect="the thresholds of config.yaml apply")
            else:
                log.info(event, moved=words)
        elif not words and self._said:
            log.info("control.thresholds", moved="none: the page is gone")
        self._said = words


def _shown(page: ControlPage, moved: list[Move]) -> str:
    return f"{', '.join(map(str, moved)) or 'none'} ({page.source})"
