"""From a claimed upload to its final state: look, fetch, classify, compare, record.

Whatever goes wrong ends in one of four ways, by the kind of the error: tried again later, skipped
with a reason, dead with its error, or the bot stops. Nothing ends as "safe" without a score.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import structlog

from bot.commons import Commons, FileInfo
from bot.config import Settings
from bot.engine import Engine
from bot.errors import Never, NothingToScore, NotThereYet, NotYet, RetryLater, ServerBusy
from bot.ledger import Job, Ledger
from bot.ledger.queue import Intent, Scored
from bot.media import Fetcher, Source, sources
from bot.pauses import full_jitter
from bot.publish.entry import compose
from bot.publish.page import title_for
from bot.rules import Verdict, View, judge

log = structlog.get_logger(__name__)

FILES_PER_TURN = 20
FETCHED_AHEAD = 4  # files whose pictures wait in memory for the model
LOG_PAGE = "log-page"


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of one file."""

    info: FileInfo
    scored: Scored

    @property
    def views(self) -> list[View]:
        """The views, as the rules take them."""
        return [View(**view) for view in self.scored.views]


@dataclass(frozen=True, slots=True)
class Material:
    """What was fetched of one file. `missing` pictures could not be had."""

    info: FileInfo
    pictures: Sequence[tuple[Source, bytes]]
    missing: int


class Scorer:
    """Works through the ledger's queue, a batch a turn."""

    def __init__(
        self,
        ledger: Ledger,
        commons: Commons,
        fetcher: Fetcher,
        engine: Engine,
        stop: threading.Event,
    ) -> None:
        self._ledger = ledger
        self._commons = commons
        self._fetcher = fetcher
        self._engine = engine
        self._stop = stop
        self._held: list[Job] = []

    def turn(self, settings: Settings) -> int:
        """Claim a batch and bring each upload one step on; return how many were claimed.

        Raises:
            RetryLater: the wiki as a whole is busy or away; the batch was given back uncounted.
            Stop: a person has to act.
        """
        retry = settings.retry
        self._held = self._ledger.queue.claim(
            limit=FILES_PER_TURN, lease_s=retry.lease_seconds, max_attempts=retry.attempts
        )
        claimed = len(self._held)
        try:
            if self._held:
                self._work(list(self._held), settings)
        finally:
            self.abandon()
        return claimed

    def abandon(self) -> None:
        """Give back, uncounted, whatever is claimed and unfinished."""
        held, self._held = self._held, []
        self._ledger.queue.release(held)

    def _work(self, jobs: Sequence[Job], settings: Settings) -> None:
        infos = self._commons.files([job.title for job in jobs])
        looks: list[tuple[Job, Look]] = []
        busy: ServerBusy | None = None
        for job, task in self._tasks(jobs, infos, settings):
            if self._stop.is_set() or busy:
                task.cancel()
                continue
            self._ledger.queue.renew(self._held, lease_s=settings.retry.lease_seconds)
            try:
                look = self._attempt(job, task, settings)
            except ServerBusy as error:
                busy = error
                continue
            if look:
                looks.append((job, look))
        self._record(looks, settings)
        if busy:
            raise busy

    def _tasks(
        self, jobs: Sequence[Job], infos: dict[str, FileInfo], settings: Settings
    ) -> Iterator[tuple[Job, "Future[Material | Look]"]]:
        """Fetch ahead of the model, a few files and never more connections than allowed."""
        with ThreadPoolExecutor(settings.media.concurrent_fetches) as pool:
            window: deque[tuple[Job, Future[Material | Look]]] = deque()
            for job in jobs:
                task = pool.submit(self._gather, job, infos.get(job.title), settings)
                window.append((job, task))
                if len(window) >= FETCHED_AHEAD:
                    yield window.popleft()
            yield from window

    def _gather(self, job: Job, info: FileInfo | None, settings: Settings) -> Material | Look:
        """Return the scores this content already has, or else its pictures."""
        info = _current(job, info, settings.retry.fresh_seconds)
        known = self._ledger.queue.known(info.sha1, self._engine.version)
        if known:
            return Look(info, known)
        pictures: list[tuple[Source, bytes]] = []
        failure: Never | None = None
        wanted = list(sources(info, self._commons, settings.media))
        for source in wanted:
            try:
                pictures.append((source, self._fetcher.fetch(source.address)))
            except Never as error:
                failure = error
        if failure and not pictures:
            raise failure
        return Material(info, pictures, len(wanted) - len(pictures))

    def _attempt(
        self, job: Job, task: "Future[Material | Look]", settings: Settings
    ) -> Look | None:
        """Return what was seen, or settle the job by the kind of what went wrong."""
        try:
            gathered = task.result()
            return gathered if isinstance(gathered, Look) else self._look(gathered, settings)
        except NothingToScore as error:
            self._ledger.queue.skip(job, error.reason, str(error))
            log.info("upload.skipped", key=job.log_id, title=job.title, reason=error.reason)
        except Never as error:
            self._bury(job, error)
        except ServerBusy:
            raise
        except (NotYet, RetryLater) as error:
            self._postpone(job, error, settings)
        self._done(job)
        return None

    def _look(self, material: Material, settings: Settings) -> Look:
        views: list[View] = []
        failure: Never | None = None
        partial = material.missing > 0
        for source, data in material.pictures:
            try:
                seen = self._engine.look(data, source.place, settings.media)
            except Never as error:
                failure, partial = error, True
                continue
            views += seen.views
            partial = partial or seen.partial
        if failure and not views:
            raise failure
        scored = Scored(
            sha1=material.info.sha1,
            model=self._engine.version,
            medium=material.info.medium or "image",
            views=[asdict(view) for view in views],
            partial=partial,
        )
        return Look(material.info, scored)

    def _record(self, looks: Sequence[tuple[Job, Look]], settings: Settings) -> None:
        """Store the scores of files that are still what they were before the fetch."""
        if not looks:
            return
        after = self._commons.hashes([job.title for job, _ in looks])
        for job, look in looks:
            if after.get(job.title) == look.info.sha1:
                self._finish(job, look, settings)
            else:
                error = NotThereYet(f"{job.title} changed while it was looked at")
                self._postpone(job, error, settings)
            self._done(job)

    def _finish(self, job: Job, look: Look, settings: Settings) -> None:
        verdict = judge(settings.rules, look.views, look.info.medium or "image")
        intents = _intents(job, look, verdict, settings)
        stored = self._ledger.queue.finish(
            job, verdict=verdict.word, scored=look.scored, intents=intents
        )
        log.info(
            "upload.scored",
            key=job.log_id,
            title=job.title,
            verdict=verdict.word,
            hits=",".join(f"{hit.rule}={hit.confidence:.2f}" for hit in verdict.hits),
            views=len(look.views),
            partial=look.scored.partial,
            kept=stored,
        )

    def _postpone(self, job: Job, error: Exception, settings: Settings) -> None:
        retry = settings.retry
        if job.attempt >= retry.attempts:
            self._bury(job, error)
            return
        pause = full_jitter(
            job.attempt, first_s=retry.first_pause_seconds, longest_s=retry.longest_pause_seconds
        )
        self._ledger.queue.postpone(job, error, pause_s=pause)
        log.info("upload.postponed", key=job.log_id, title=job.title, error=str(error), pause=pause)

    def _bury(self, job: Job, error: Exception) -> None:
        self._ledger.queue.bury(job, error)
        kind = type(error).__name__
        log.warning("upload.dead", key=job.log_id, title=job.title, kind=kind, error=str(error))

    def _done(self, job: Job) -> None:
        self._held = [held for held in self._held if held is not job]


def _current(job: Job, info: FileInfo | None, fresh_s: float) -> FileInfo:
    """Return `info` if it is the version that the event announced.

    A fresh upload may not have reached the database replica that answers, so absence and an older
    version only count once the upload is no longer fresh.
    """
    fresh = time.time() - job.uploaded_at.timestamp() < fresh_s
    if info is None:
        if fresh:
            raise NotThereYet(f"{job.title} is not in the wiki's answer yet")
        raise NothingToScore("gone", f"{job.title} was deleted or moved without a redirect")
    if job.sha1 is None or info.sha1 == job.sha1:
        return info
    if fresh and info.timestamp < job.uploaded_at:
        raise NotThereYet(f"the wiki still answers with an older version of {job.title}")
    raise NothingToScore("superseded", f"{job.title} has another version by now")


def _intents(job: Job, look: Look, verdict: Verdict, settings: Settings) -> list[Intent]:
    hit = verdict.review
    if hit is None:
        return []
    view = next(view for view in look.views if view.place == hit.place)
    entry = compose(
        job,
        hit,
        view.scores,
        title=look.info.title,
        model=look.scored.model,
        partial=look.scored.partial,
    )
    page = title_for(datetime.now(UTC), settings.publish)
    return [Intent(kind=LOG_PAGE, page=page, entry=entry)]
