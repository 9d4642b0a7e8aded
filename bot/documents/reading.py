"""Documents, one at a time: read for as long as it takes, their leases kept."""

import threading
from collections import OrderedDict
from dataclasses import asdict

import structlog

from bot.commons import Commons, FileInfo
from bot.config import Settings
from bot.documents.pages import PageReader, Pages
from bot.engine import Engine
from bot.gathering import Gatherer, Material, is_final
from bot.ledger import Job, Queue, Scored
from bot.looking import tell
from bot.media import Fetcher
from bot.settling import Look
from bot.shadow import Shadow
from bot.videos.leases import renewed

log = structlog.get_logger(__name__)

REMEMBERED = 32  # documents of which some pages are awaited; of others they are looked at again


class DocumentReader:
    """Reads documents, one at a time for each thread that calls it."""

    def __init__(
        self,
        queue: Queue,
        commons: Commons,
        fetcher: Fetcher,
        engine: Engine,
        stop: threading.Event,
        *,
        shadow: Shadow | None = None,
    ) -> None:
        self._queue = queue
        self._commons = commons
        self._fetcher = fetcher
        self._engine = engine
        self._stop = stop
        self._shadow = shadow
        self._single = Gatherer(commons, fetcher)
        self._begun: OrderedDict[str, Pages] = OrderedDict()  # by sha1

    def gather(self, job: Job, info: FileInfo, settings: Settings) -> Look | Material:
        """Return what was seen of a document, or the picture of one that has a single page.

        Pages that were seen are remembered, so that a page that has to be awaited costs no other.

        Raises:
            NothingToScore: no picture of it can be had.
            NotYet, RetryLater: some page may be had later.
            Never: no page can be looked at.
        """
        if info.medium != "document" or info.pages == 1 or info.thumbnail is None:
            return self._single.gather(job, info, settings)
        pages = self._begun.pop(info.sha1, None) or Pages(info.pages)
        self._begun[info.sha1] = pages
        while len(self._begun) > REMEMBERED:
            self._begun.popitem(last=False)
        with renewed(self._queue, job, lease_s=settings.retry.lease_seconds):
            look = self._read(job, info, pages, settings)
        del self._begun[info.sha1]
        return look

    def _read(self, job: Job, info: FileInfo, pages: Pages, settings: Settings) -> Look:
        # A candidate has to see every page, or its scores would not compare.
        candidate = self._shadow and not pages.seen
        sitting = self._shadow.sitting(info.sha1) if self._shadow and candidate else None
        keep = sitting.look if sitting else None
        reader = PageReader(self._commons, self._fetcher, self._engine, self._stop, keep=keep)
        reader.read(info, pages, settings)
        _refuse_what_is_unfinished(job, pages, settings)
        tell(info.title, pages.series, settings, "document", "; ".join(pages.reasons))
        scored = Scored(
            sha1=info.sha1,
            model=self._engine.version,
            medium="document",
            views=[asdict(view) for view in pages.views],
            partial=pages.partial,
        )
        return Look(info, scored, sitting.scored(scored, reader.looked_at) if sitting else None)


def _refuse_what_is_unfinished(job: Job, pages: Pages, settings: Settings) -> None:
    """Raise why a page failed, if it may be had later or none was seen."""
    for error in pages.failed.values():
        if not is_final(error, job, settings):
            raise error
    if not pages.seen:
        raise next(iter(pages.failed.values()))
