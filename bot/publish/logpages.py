"""The log pages: one edit a turn and page, each entry once, whatever breaks off in between."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import count, groupby

import structlog

from bot.errors import PageClosed, Refused
from bot.ledger import Effect, Outbox
from bot.logs import keys_of
from bot.publish.editing import edit
from bot.publish.entry import call_of
from bot.publish.output import AUDIT, LOG_PAGE
from bot.publish.page import has_room, part_title, summary_for, with_calls
from bot.publish.template import EntryCall, keys
from bot.publish.wiki import Page, ReviewWiki
from bot.settings.publishing import PublishSettings

log = structlog.get_logger(__name__)

ENTRIES_PER_TURN = 200
REFUSALS_PER_TURN = 30  # then the filter is meant for the page, not for an entry


class LogPages:
    """Sends entries to the pages of their days."""

    def __init__(self, outbox: Outbox, wiki: ReviewWiki, settings: PublishSettings) -> None:
        self.wiki = wiki
        self._outbox = outbox
        self._settings = settings

    def due(self) -> bool:
        """Tell whether any entry waits."""
        return bool(self._outbox.pending(LOG_PAGE, AUDIT, limit=1))

    def send(self) -> None:
        """Send what waits, the pages one after the other."""
        effects = self._outbox.pending(LOG_PAGE, AUDIT, limit=ENTRIES_PER_TURN)
        effects.sort(key=lambda one: one.page)
        for title, group in groupby(effects, key=lambda one: one.page):
            self._send_page(title, list(group))

    def _send_page(self, title: str, effects: Sequence[Effect]) -> None:
        try:
            self._send_parts(title, effects)
        except PageClosed as error:
            self._put_off(effects, error)

    def _send_parts(self, title: str, effects: Sequence[Effect]) -> None:
        parts = dict(self._parts(title))
        there = {key: page for page in parts.values() for key in keys(page.text)}
        for page in parts.values():
            found = [effect for effect in effects if there.get(effect.log_id) is page]
            self._mark(found, page, added=0)
        missing = [effect for effect in effects if effect.log_id not in there]
        for page in _open(title, parts):
            fitting, missing = self._fitting(page, missing)
            if fitting:
                self._send_some(page.title, fitting)
            if not missing:
                return

    def _parts(self, title: str) -> Iterator[tuple[int, Page]]:
        """Yield the parts of a day's page by number; one in the middle may have been deleted."""
        absent = 0
        for number in count(1):
            page = self.wiki.read(part_title(title, number))
            absent = 0 if page.revision else absent + 1
            if absent > 1:
                return
            if page.revision:
                yield number, page

    def _fitting(self, page: Page, effects: Sequence[Effect]) -> tuple[list[Effect], list[Effect]]:
        """Return the effects for which a page has room, and the rest."""
        text = page.text
        ordered = sorted(effects, key=lambda one: one.log_id)
        for index, effect in enumerate(ordered):
            if not has_room(text, call_of(effect.entry), self._settings):
                return ordered[:index], ordered[index:]
            text = with_calls(text, [call_of(effect.entry)], self._settings)
        return ordered, []

    def _send_some(self, title: str, effects: Sequence[Effect]) -> None:
        try:
            self._save(title, effects)
        except PageClosed:
            raise
        except Refused as error:
            told = {"keys": keys_of(effects), "error": str(error)}
            log.warning("publish.refused", page=title, **told)
            self._isolate(title, effects)

    def _save(self, title: str, effects: Sequence[Effect]) -> None:
        calls = [call_of(effect.entry) for effect in effects]
        summary = summary_for(len(calls), self._settings)
        change = partial(self._with, calls)
        self._mark(effects, edit(self.wiki, title, change, summary), added=len(calls))

    def _with(self, calls: Sequence[EntryCall], page: Page) -> str:
        return with_calls(page.text, calls, self._settings)

    def _isolate(self, title: str, effects: Sequence[Effect]) -> None:
        """Find by halving what the wiki does not take, and send the rest."""
        refused: list[tuple[Effect, Refused]] = []
        waiting, taken, refusals = [list(effects)], False, 0
        while waiting and refusals < REFUSALS_PER_TURN:
            some = waiting.pop()
            try:
                self._save(title, some)
                taken = True
            except PageClosed:
                raise
            except Refused as error:
                refusals += 1
                half = len(some) // 2
                if half:
                    waiting += [some[half:], some[:half]]
                else:
                    refused.append((some[0], error))
        for effect, why in refused:
            self._give_up(effect, why, alone=taken)
        rest = [effect for some in waiting for effect in some]
        if rest and not taken:
            self._put_off(rest, Refused(f"{title} takes no entry at all"))

    def _give_up(self, effect: Effect, error: Refused, *, alone: bool) -> None:
        """Refuse an effect for good if others were taken, or if it was refused like this before."""
        if alone or effect.trouble == str(error):
            self._outbox.refuse([effect], str(error))
            log.warning("publish.entry-refused", key=effect.log_id, error=str(error))
        else:
            self._put_off([effect], error)

    def _put_off(self, effects: Sequence[Effect], error: Refused) -> None:
        pause = self._settings.put_off_seconds
        self._outbox.postpone(effects, str(error), pause_s=pause)
        log.warning("publish.put-off", keys=keys_of(effects), error=str(error), seconds=pause)

    def _mark(self, effects: Sequence[Effect], page: Page, *, added: int) -> None:
        if effects:
            mode = self.wiki.mode
            self._outbox.mark_sent(effects, mode, page=page.title, revision=page.revision)
            told = {"mode": mode, "keys": keys_of(effects)}
            log.info("publish.sent", page=page.title, added=added, **told)


def _open(title: str, parts: Mapping[int, Page]) -> Iterator[Page]:
    """Yield the pages that new entries may go to: the last part there is, then new ones."""
    last = max(parts, default=0)
    if last:
        yield parts[last]
    for number in count(last + 1):
        yield Page(part_title(title, number), "", 0)
