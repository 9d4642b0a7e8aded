"""The pages of one document, looked at one after the other until all are seen or time is up."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.commons import Commons, FileInfo
from bot.config import Settings
from bot.documents.addresses import Addresses
from bot.engine import Engine, Keep, Seen
from bot.errors import NetworkFault, Never, NotYet, RetryLater, Unreachable
from bot.media import Fetcher
from bot.rules import View
from bot.series import Series, page
from bot.videos.places import heaviest
from bot.videos.plan import seconds_to_look_at
from model.errors import WorkerDied
from model.video.score import Moment

FAILURES_AT_FIRST = 3  # with nothing seen yet: the wiki renders none of them
Failure = Never | NotYet | NetworkFault | WorkerDied


@dataclass(slots=True)
class Pages:
    """What is known of a document's pages, which are numbered from 1.

    Attributes:
        whole: how many there are.
        seen: what was looked at.
        failed: what could not be, and why.
        reasons: why pages were left out, in words.
    """

    whole: int
    seen: dict[int, Seen] = field(default_factory=dict)
    failed: dict[int, Failure] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)

    @property
    def views(self) -> list[View]:
        """All views, in the order of the pages."""
        return [view for number in sorted(self.seen) for view in self.seen[number].views]

    @property
    def partial(self) -> bool:
        """Whether a page was left out, or seen in part."""
        return len(self.seen) < self.whole or any(one.partial for one in self.seen.values())

    @property
    def series(self) -> Series:
        """The pages as the aggregation takes them; at least one has to be seen."""
        return Series(
            moments=tuple(
                Moment(float(number), view.scores, number=number)
                for number in sorted(self.seen)
                for view in self.seen[number].views
            ),
            end=self.whole + 1.0,
            unit="pages",
            whole=self.whole,
            unseen=self.whole - len(self.seen),
        )


class PageReader:
    """Looks at one document."""

    def __init__(
        self,
        commons: Commons,
        fetcher: Fetcher,
        engine: Engine,
        stop: threading.Event,
        *,
        keep: Keep | None = None,
    ) -> None:
        """`keep` is given the pictures that were scored, in the order of `looked_at`."""
        self._commons = commons
        self._fetcher = fetcher
        self._engine = engine
        self._stop = stop
        self._keep = keep
        self.looked_at: list[int] = []

    def read(self, info: FileInfo, pages: Pages, settings: Settings) -> None:
        """Look at what `pages` lacks, as far as `document` allows, and note it there.

        Raises:
            Unreachable, ServerBusy: the file is not to blame.
            RetryLater: the bot is ending.
        """
        until = time.monotonic() + settings.document.seconds
        addresses = Addresses(self._commons, info, settings.media.thumbnail_width)
        pages.failed, pages.reasons = {}, []
        for number in self._chosen(pages, settings):
            if self._stop.is_set():
                raise RetryLater("the bot is ending")
            if time.monotonic() > until:
                pages.reasons.append(
                    f"more than {settings.document.seconds:g} s (document.seconds)"
                )
                break
            self._try(number, addresses, pages, settings)
            if not pages.seen and len(pages.failed) >= FAILURES_AT_FIRST:
                break
        if pages.whole > settings.document.pages:
            pages.reasons.append(f"more than {settings.document.pages} pages (document.pages)")

    def _chosen(self, pages: Pages, settings: Settings) -> Iterator[int]:
        """Yield pages not seen yet: evenly spread, then around what weighs most, then failures."""
        whole, most = pages.whole, settings.document.pages
        weights = {
            number - 1: heaviest(settings.rules, view.scores)
            for number, one in pages.seen.items()
            for view in one.views
        }
        looks = whole + 2 if whole <= most else most  # two more: an even grid has all of them
        for index in seconds_to_look_at(whole, looks=looks, gap_s=1, weights=weights):
            if index + 1 not in pages.seen:
                yield index + 1
            seen = pages.seen.get(index + 1)
            views = seen.views if seen else ()
            weights[index] = max((heaviest(settings.rules, v.scores) for v in views), default=0.0)
        yield from [number for number, why in pages.failed.items() if not isinstance(why, Never)]

    def _try(self, number: int, addresses: Addresses, pages: Pages, settings: Settings) -> None:
        try:
            data = self._fetch(number, addresses)
            pages.seen[number] = self._engine.look(data, page(number), settings.media, self._keep)
        except Unreachable:
            raise
        except (Never, NotYet, NetworkFault, WorkerDied) as error:
            pages.failed[number] = error
        else:
            self.looked_at.append(number)
            pages.failed.pop(number, None)

    def _fetch(self, number: int, addresses: Addresses) -> bytes:
        address = addresses.at(number)
        try:
            return self._fetcher.fetch(address)
        except (Never, NotYet):
            named = addresses.asked(number)
            if named == address:
                raise
            return self._fetcher.fetch(named)
