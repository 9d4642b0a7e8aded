"""A video seen by stills that the wiki renders, without a byte of the video itself.

Coarse at first, then closer around what weighs most, until the budget is spent. The address of
one still is asked for; those of the others differ from it in the second alone, so that each costs
one request (TimedMediaHandler, `TimedMediaHandler::makeParamString`).
"""

import re

import structlog

from bot.commons import Commons, FileInfo
from bot.config import Settings
from bot.engine import Engine
from bot.errors import NetworkFault, Never, NotThereYet, NotYet, Unreachable
from bot.media import Fetcher
from bot.rules import View
from bot.videos.budget import Budget
from bot.videos.places import clock, heaviest
from bot.videos.plan import seconds_to_look_at, widest_gap
from bot.videos.watched import Watched
from model.errors import OverLimit, WorkerDied

log = structlog.get_logger(__name__)

FAILURES_AT_FIRST = 3  # with nothing seen yet: the wiki renders none of them


class Stills:
    """Looks at stills. Safe to share between threads."""

    def __init__(self, commons: Commons, fetcher: Fetcher, engine: Engine) -> None:
        self._commons = commons
        self._fetcher = fetcher
        self._engine = engine

    def watch(self, info: FileInfo, budget: Budget, settings: Settings) -> Watched:
        """Return the views of as many stills as the budget allows.

        Marked partial when moments lie further apart than `video.gap_seconds`, or some stills
        could not be had.

        Raises:
            NotYet, NetworkFault, Never, WorkerDied: there is no still to be had.
            Unreachable, ServerBusy: the file is not to blame.
        """
        seconds = max(1, int(info.duration))
        gap_s = settings.video.gap_seconds
        looks = budget.requests_left - 1  # one asks for the address
        views: dict[int, View] = {}
        weights: dict[int, float] = {}
        failed = 0
        addresses = _Addresses(self._commons, info, settings.media.thumbnail_width)
        for second in seconds_to_look_at(seconds, looks=looks, gap_s=gap_s, weights=weights):
            try:
                view = self._look(addresses, second, budget, settings)
            except Unreachable:
                raise
            except OverLimit as error:
                if not views:
                    raise
                log.info("video.budget", title=info.title, stills=len(views), error=str(error))
                break
            except (Never, NotYet, NetworkFault, WorkerDied):
                failed += 1
                weights[second] = 0.0
                if failed >= FAILURES_AT_FIRST and not views:
                    raise
            else:
                views[second] = view
                weights[second] = heaviest(settings.rules, view.scores)
        if not views:
            raise NotThereYet(f"the wiki renders no still of {info.title} yet")
        gap = widest_gap(dict.fromkeys(views, 0.0), seconds)
        notes = [f"stills {gap:g} s apart"] * (gap > gap_s) + [f"{failed} not had"] * (failed > 0)
        shown = [views[at] for at in sorted(views)]
        return Watched(views=shown, partial=bool(notes), gap_s=gap, notes=notes)

    def _look(
        self, addresses: "_Addresses", second: int, budget: Budget, settings: Settings
    ) -> View:
        address = addresses.at(second, budget)
        budget.take_request()
        seen = self._engine.look(self._fetcher.fetch(address), clock(second), settings.media)
        return seen.views[0]


class _Addresses:
    """Where the stills of one file are."""

    def __init__(self, commons: Commons, info: FileInfo, width: int) -> None:
        self._commons = commons
        self._info = info
        self._width = width
        self._parts: tuple[str, str] | None = None  # what stands before and after the second

    def at(self, second: int, budget: Budget) -> str:
        """Return the address of the still at a second; the first one is asked for."""
        if self._parts:
            return f"{self._parts[0]}{second}{self._parts[1]}"
        budget.take_request()
        parameter = f"{self._width}px-seek={second}"
        address = self._commons.rendition(self._info.title, parameter)
        if address is None:
            raise NotThereYet(f"the wiki names no still of {self._info.title}")
        # In the last part of the address, before the file's own name, which may say anything.
        match = re.fullmatch(rf"(.*/\d+px-seek(?:=|%3D)){second}(-[^/]*)", address)
        if match:
            self._parts = (match[1], match[2])
        return address
