"""One source of a video's pictures after the other, the cheapest first, until one shows it."""

import threading
from collections.abc import Sequence
from dataclasses import asdict
from typing import Protocol

import structlog

from bot.commons import Commons, FileInfo
from bot.config import Settings
from bot.engine import Engine
from bot.errors import NetworkFault, Never, NothingToScore, NotYet, Unreachable
from bot.ledger import Job, Queue, Scored
from bot.media import Fetcher
from bot.settings.video import VideoSource
from bot.settling import Look, is_fresh
from bot.videos.budget import Budget
from bot.videos.files import NO_PICTURES, Originals, Transcodes
from bot.videos.leases import renewed
from bot.videos.stills import Stills
from bot.videos.watched import Watched
from model.errors import WorkerDied

log = structlog.get_logger(__name__)


class Source(Protocol):
    """A way to see a video."""

    def watch(self, info: FileInfo, budget: Budget, settings: Settings) -> Watched:
        """Return what it shows, or raise why it shows nothing."""


class Watcher:
    """Watches videos, one at a time for each thread that calls it."""

    def __init__(
        self,
        queue: Queue,
        commons: Commons,
        fetcher: Fetcher,
        engine: Engine,
        stop: threading.Event,
    ) -> None:
        self._queue = queue
        self._engine = engine
        self._stop = stop
        self._sources: dict[VideoSource, Source] = {
            "transcode": Transcodes(commons, fetcher, engine),
            "stills": Stills(commons, fetcher, engine),
            "original": Originals(fetcher, engine),
        }

    def gather(self, job: Job, info: FileInfo, settings: Settings) -> Look:
        """Return what was seen of a video; the job's lease is renewed for as long as it takes.

        Raises:
            NothingToScore: sound alone, or a video without pictures.
            NotYet, RetryLater: something may be seen later.
            Never: no source shows anything.
        """
        if info.medium is None:
            raise NothingToScore(info.mediatype.lower(), f"{info.mime} has no picture")
        if not info.width or not info.height:
            raise NothingToScore(NO_PICTURES, f"{info.title} is 0 by 0 pixels")
        with renewed(self._queue, job, lease_s=settings.retry.lease_seconds):
            watched = self._watch(job, info, settings)
        scored = Scored(
            sha1=info.sha1,
            model=self._engine.version,
            medium="video",
            views=[asdict(view) for view in watched.views],
            partial=watched.partial,
        )
        return Look(info, scored)

    def _watch(self, job: Job, info: FileInfo, settings: Settings) -> Watched:
        budget = Budget(settings.video, self._stop)
        failures: list[Exception] = []
        for name in settings.video.sources:
            try:
                watched = self._sources[name].watch(info, budget, settings)
            except Unreachable:
                raise
            except (Never, NotYet, NetworkFault, WorkerDied) as error:
                budget.check_stop()
                if isinstance(error, NotYet) and is_fresh(job, settings.retry.fresh_seconds):
                    raise  # what is on its way is cheaper than the next source
                log.info("video.passed-over", title=info.title, source=name, error=str(error))
                failures.append(error)
            else:
                _tell(info, name, watched, budget)
                return watched
        raise _most_hopeful(failures)


def _tell(info: FileInfo, source: VideoSource, watched: Watched, budget: Budget) -> None:
    log.info(
        "video.watched",
        title=info.title,
        source=source,
        views=len(watched.views),
        gap=round(watched.gap_s, 1),
        partial=watched.partial,
        notes="; ".join(watched.notes),
        seconds=round(budget.seconds_spent, 1),
        requests=budget.requests_spent,
    )


def _most_hopeful(failures: Sequence[Exception]) -> Exception:
    """Return that there is nothing to see, or else what may pass, or else what came last."""
    nothing = [error for error in failures if _is_without_pictures(error)]
    passing = [error for error in failures if not isinstance(error, Never)]
    return [*nothing, *passing, failures[-1]][0]


def _is_without_pictures(error: Exception) -> bool:
    return isinstance(error, NothingToScore) and error.reason == NO_PICTURES
