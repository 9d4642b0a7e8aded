"""From claimed uploads to their final states: look, fetch, classify, compare, record.

Whatever goes wrong ends in one of four ways, by the kind of the error: tried again later, skipped
with a reason, dead with its error, or the bot stops. Nothing ends as "safe" without a score.
"""

import threading
from collections.abc import Collection, Generator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field

import structlog

from bot.background import Background
from bot.commons import Commons, FileInfo
from bot.config import Settings
from bot.control.optout import refuse_opted_out
from bot.documents.reading import DocumentReader
from bot.engine import Engine
from bot.errors import (
    GateClosed,
    LedgerBusy,
    NetworkFault,
    Never,
    NotYet,
    Refused,
    ServerBusy,
    Unreachable,
)
from bot.gathering import Gatherer, Material, as_found, find
from bot.lanes import Lane, lane_of
from bot.ledger import Job, Ledger, Queue, Scored
from bot.logs import concerning
from bot.looking import look
from bot.media import Fetcher
from bot.opening import Opened, opened, score_together
from bot.prefetch import ahead
from bot.recording import Recorder, answering
from bot.renewal import LeaseKeeper
from bot.settling import Look, Settler
from bot.shadow import Shadow
from bot.videos.watching import Watcher
from bot.watching.vitals import Vitals
from bot.wikiapi import VALUES_PER_REQUEST
from model.errors import WorkerDied

log = structlog.get_logger(__name__)

_Task = tuple[Job, Future[Opened | Look | None]]

FILES_PER_TURN = {Lane.PICTURES: VALUES_PER_REQUEST, Lane.VIDEOS: 1, Lane.DOCUMENTS: 1}
THREADS = {Lane.PICTURES: "score", Lane.VIDEOS: "videos", Lane.DOCUMENTS: "documents"}
FETCHED_AHEAD = 8  # files whose pictures are in memory, those that are scored among them
GROUP = 4  # files that are scored in one call, if they are there


@dataclass(frozen=True, slots=True)
class _Batch:
    """What is known of a batch before anything is fetched."""

    infos: Mapping[str, FileInfo]  # by title
    known: Mapping[str, Scored]  # by sha1: content that was scored before
    begun: dict[str, int] = field(default_factory=dict)  # by sha1: the upload that is fetched


class Scorer:
    """Works through one lane of the ledger's queue, a batch a turn."""

    def __init__(
        self,
        ledger: Ledger,
        commons: Commons,
        fetcher: Fetcher,
        engine: Engine,
        stop: threading.Event,
        *,
        lane: Lane = Lane.PICTURES,
        vitals: Vitals | None = None,
        shadow: Shadow | None = None,
        queue: Queue | None = None,
    ) -> None:
        """Take from the ledger's own queue, or from another `queue` of it."""
        self._lane = lane
        self.thread = THREADS[lane]  # its name in vitals
        self._queue = queue = queue or ledger.queue
        self._commons = commons
        self._gatherer: Gatherer | Watcher | DocumentReader
        match lane:
            case Lane.PICTURES:
                self._gatherer = Gatherer(commons, fetcher)
            case Lane.VIDEOS:
                self._gatherer = Watcher(queue, commons, fetcher, engine, stop)
            case Lane.DOCUMENTS:
                parts = (queue, commons, fetcher, engine, stop)
                self._gatherer = DocumentReader(*parts, shadow=shadow)
        self._vitals = vitals or Vitals()
        self._settler = Settler(ledger, self._vitals, queue)
        background = Background(commons.api, ledger)
        self._recorder = Recorder(commons, self._settler, background, self._done)
        self._engine = engine
        self._shadow = shadow
        self._stop = stop
        self._held: dict[int, Job] = {}
        self._opted_out: Collection[str] = ()

    def turn(self, settings: Settings, opted_out: Collection[str] = ()) -> int:
        """Claim a batch and bring each upload one step on; return how many were claimed.

        The files of uploaders who are `opted_out` are skipped.

        Raises:
            RetryLater: the wiki as a whole is busy or away; the rest was given back uncounted.
            Stop: a person has to act.
        """
        self._opted_out = opted_out
        retry = settings.retry
        jobs = self._queue.claim(
            limit=FILES_PER_TURN[self._lane],
            lease_s=retry.lease_seconds,
            max_attempts=retry.attempts,
            lane=self._lane,
        )
        late = self._recorder.take_late()
        self._held = {job.log_id: job for job in [*jobs, *(job for job, _ in late)]}
        try:
            self._recorder.record(late, settings)
            if jobs:
                self._work(jobs, settings)
        finally:
            self._give_back()
        return len(jobs)

    def abandon(self) -> None:
        """Give back, uncounted, whatever is claimed and unfinished, for good."""
        self._held |= {job.log_id: job for job, _ in self._recorder.take_late()}
        self._give_back()

    def _give_back(self) -> None:
        held, self._held = self._held, {}
        try:
            self._queue.release(list(held.values()))
        except LedgerBusy as error:
            # The leases run out by themselves; what led here matters more than this.
            log.warning("scoring.not-released", error=str(error))

    def _work(self, jobs: Sequence[Job], settings: Settings) -> None:
        leases = LeaseKeeper(self._queue, settings.retry.lease_seconds)
        infos = self._describe(jobs, settings)
        self._hand_over(infos)
        known = self._queue.known({info.sha1 for info in infos.values()}, self._engine.version)
        looks: list[tuple[Job, Look]] = []
        try:
            with closing(self._tasks(_Batch(infos, known), settings)) as tasks:
                for job, task in tasks:
                    if self._stop.is_set():
                        break
                    self._vitals.beat(self.thread, self._longest_s(settings))
                    leases.keep(self._claimed)
                    with concerning(job.log_id):
                        seen = self._attempt(job, task, settings)
                    if seen:
                        looks.append((as_found(job, seen.info), seen))
        finally:
            self._recorder.record(looks, settings)

    def _hand_over(self, infos: Mapping[str, FileInfo]) -> None:
        """Give files whose extension misled to another lane."""
        for job in self._claimed:
            medium = infos[job.title].medium if job.title in infos else None
            if medium and lane_of(medium) is not self._lane:
                self._queue.hand_over(job, lane_of(medium))
                self._done(job)

    def _describe(self, jobs: Sequence[Job], settings: Settings) -> dict[str, FileInfo]:
        """Ask for all files at once; if that is refused, one by one, to find out on whose account.

        Raises:
            Refused: for every single one, so that it is no file's fault.
        """
        try:
            return self._commons.files([job.title for job in jobs])
        except Refused:
            if len(jobs) == 1:
                raise
        infos: dict[str, FileInfo] = {}
        refused: list[tuple[Job, Refused]] = []
        for job in jobs:
            try:
                infos |= self._commons.files([job.title])
            except Refused as error:
                refused.append((job, error))
        if len(refused) == len(jobs):
            raise refused[0][1]
        for job, refusal in refused:
            with concerning(job.log_id):
                self._settler.postpone(job, refusal, settings)
            self._done(job)
        return infos

    def _tasks(self, batch: "_Batch", settings: Settings) -> Generator[_Task, None, None]:
        """Fetch and decode ahead of the model."""
        groups = ahead(
            lambda job: self._begin(job, batch, settings),
            self._claimed,
            threads=settings.media.concurrent_fetches,
            window=FETCHED_AHEAD,
            group=GROUP,
        )
        with closing(groups):
            for group in groups:
                if not self._stop.is_set():
                    score_together(self._engine, [task for _, task in group])
                yield from group

    def _begin(self, job: Job, batch: "_Batch", settings: Settings) -> Opened | Look | None:
        self._settler.begin(job)
        with concerning(job.log_id):
            gathered = self._gather(job, batch, settings)
            if isinstance(gathered, Material):
                return opened(self._engine, job, gathered, settings)
            return gathered

    def _gather(self, job: Job, batch: "_Batch", settings: Settings) -> Material | Look | None:
        """Return the scores this content already has, or else its pictures.

        None when another upload of this batch is begun that has the same content: this one is
        given back, and will find its scores.
        """
        refuse_opted_out(job.user, self._opted_out)
        info, fresh_s = batch.infos.get(job.title), settings.retry.fresh_seconds
        current = find(self._commons, job, info, fresh_s)
        if current.sha1 in batch.known:
            return Look(current, batch.known[current.sha1])
        if batch.begun.setdefault(current.sha1, job.log_id) != job.log_id:
            return None
        return self._gatherer.gather(job, current, settings)

    def _attempt(
        self, job: Job, task: Future[Opened | Look | None], settings: Settings
    ) -> Look | None:
        """Return what was seen, or settle the job by the kind of what went wrong.

        Raises:
            Unreachable, GateClosed: which is not this upload's fault.
            ServerBusy: which may be, so that it has paid with an attempt. A thumbnail that always
                overtaxes the server would else stop every batch.
        """
        try:
            with answering(job, self._done):
                found = task.result()
                if isinstance(found, Opened):
                    return look(self._engine, job, found, settings, self._shadow)
                return found
        except (Unreachable, GateClosed):
            raise
        except (Never, NotYet, NetworkFault, ServerBusy, WorkerDied) as error:
            self._settler.fail(job, error, settings)
            self._done(job)
            if isinstance(error, ServerBusy):
                raise
        return None

    def _longest_s(self, settings: Settings) -> float:
        """Return how long one file may take before its thread is overdue, in seconds."""
        match self._lane:
            case Lane.PICTURES:
                return 0.0
            case Lane.VIDEOS:
                return settings.video.seconds
            case Lane.DOCUMENTS:
                return settings.document.seconds

    @property
    def _claimed(self) -> list[Job]:
        return list(self._held.values())

    def _done(self, job: Job) -> None:
        self._held.pop(job.log_id, None)
