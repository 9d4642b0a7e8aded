"""The job itself: reader, writer, scorer and publisher side by side, until told to stop.

main thread      signals and failures, config.yaml, a line in the log every minute
read, ingest     stream → hand-off → ledger
fill             what the stream left out: the wiki's log → ledger
score            ledger → wiki, pictures, model → ledger
publish          outbox → page
review           decisions of people → ledger
"""

import itertools
import signal
import threading
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue

import structlog

from bot.commons import Commons
from bot.config import Settings
from bot.configfile import ConfigWatch
from bot.control import Adjustments, RunPage
from bot.engine import Engine
from bot.errors import LedgerBusy
from bot.gapfill import LOOK_S, GapFiller, starting_position
from bot.identity import user_agent
from bot.ingest import Ingest
from bot.lanes import Lane
from bot.ledger import Ledger
from bot.limits import make_limiter
from bot.logevents import WikiLog
from bot.media import Fetcher
from bot.patience import Patience
from bot.publish.assembly import FollowingPublisher
from bot.review.reader import ReviewReader
from bot.rules import refuse_unknown_labels
from bot.scoring import Scorer
from bot.shadow import Shadow
from bot.stream import UploadStream
from bot.turns import join_all, patiently, repeat
from bot.watching.monitor import Monitor
from bot.wikiapi import WikiApi

log = structlog.get_logger(__name__)

IDLE_S = 0.5  # between looks into an empty queue
WATCH_S = 1.0  # between looks at config.yaml
HEARTBEAT_TURNS = 60  # looks at config.yaml between two lines in the log
OBSERVE_TURNS = 600  # and between two comparisons with the baseline
GOODBYE_S = 7.0  # for all threads together; Toolforge sends SIGKILL 15 s after SIGTERM
RELEASE_S = 2.0  # for giving leases back; a ledger that is locked for longer lets them run out
NEEDS_RESTART = ("stream", "wiki", "media", "model", "ledger", "watch", "fleet")


class Patrol:
    """One bot. `run` blocks until SIGTERM, SIGINT or an error that a person has to mend.

    Args:
        path: The file of the settings, watched for changes.
        settings: What it says now.
        since: Uploads from this moment on are wanted, ms since 1970; None goes on as before.
    """

    def __init__(self, path: Path, settings: Settings, since: int | None = None) -> None:
        self._since = since
        self._watch = ConfigWatch(path, settings)
        self._stop = threading.Event()
        # Only SimpleQueue.put may be called by a signal handler in the midst of anything.
        self._endings: SimpleQueue[signal.Signals | BaseException] = SimpleQueue()
        self._ledger = patiently(lambda: Ledger(settings.ledger.address))
        self._monitor = Monitor(self._ledger, lambda: self.settings)
        self._vitals = self._monitor.vitals
        self._engine: Engine | None = None
        self._scorers: list[Scorer] = []
        limiter = make_limiter(settings.fleet, settings.media, urgent=True, stop=self._stop)
        self._patience = Patience(limiter=limiter if settings.fleet.redis else None)

    @property
    def settings(self) -> Settings:
        """The settings in force at this moment."""
        return self._watch.settings

    def run(self) -> None:
        """Work until told to stop.

        Raises:
            Stop: with what a person has to do.
        """
        name = self.settings.stream.url
        position = patiently(lambda: starting_position(self._ledger, name, self._since))
        # Until here the default action is right: nothing is claimed, and nothing to be flushed.
        self._heed_signals()
        log.info("patrol.start", mode=self.settings.publish.mode, wiki=self.settings.wiki.api)
        beat = partial(self._vitals.beat, "ingest")
        ingest = Ingest(self._ledger.intake, name, self._stop, beat)
        stream = UploadStream(self.settings.stream, user_agent=self._user_agent, position=position)
        with self._monitor.serving(self.settings.watch, stream, name):
            self._spawn("read", lambda: ingest.read(stream))
            workers = [
                self._spawn("ingest", ingest.write),
                self._spawn("fill", self._fill),
                self._spawn("score", self._score),
                self._spawn("publish", self._publish),
                self._spawn("review", self._review),
            ]
            try:
                self._attend()
            finally:
                self._close(workers)

    def score(self) -> None:
        """Only score, beside the bot that does all the rest on the same ledger; raises as `run`.

        Any number of processes may do so: leases keep them apart.
        """
        self._heed_signals()
        log.info("patrol.start", mode="score", wiki=self.settings.wiki.api)
        with self._monitor.serving(self.settings.watch, None, self.settings.stream.url):
            workers = [self._spawn("score", self._score)]
            try:
                self._attend()
            finally:
                self._close(workers)

    def _heed_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, _frame: object) -> None:
        self._endings.put(signal.Signals(number))

    @property
    def _user_agent(self) -> str:
        return user_agent(self.settings.wiki.contact)

    def _spawn(self, name: str, work: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=self._guarded, args=(work,), name=name, daemon=True)
        if name != "read":  # waits for events; whether it reads is a matter of readiness
            self._vitals.beat(name)
        thread.start()
        return thread

    def _guarded(self, work: Callable[[], None]) -> None:
        """Run a thread's work; whatever ends it early ends the bot, and is raised by `run`."""
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again in the main thread
            self._endings.put(error)

    def _attend(self) -> None:
        for turn in itertools.count():
            self._vitals.beat("main")
            try:
                ending = self._endings.get(timeout=WATCH_S)
            except Empty:
                self._adopt_changes()
                if turn % HEARTBEAT_TURNS == 0:
                    self._heartbeat(observe=turn % OBSERVE_TURNS == 0)
                continue
            if isinstance(ending, BaseException):
                raise ending
            log.info("patrol.signal", signal=ending.name)
            if ending is not signal.SIGHUP:
                return
            self._watch.look_again()
            self._adopt_changes()

    def _adopt_changes(self) -> None:
        old = self.settings
        new = self._watch.changed(self._check_rules)
        if new is None:
            return
        names = [name for name in Settings.model_fields if getattr(new, name) != getattr(old, name)]
        later = [name for name in names if name in NEEDS_RESTART]
        log.info("config.changed", sections=",".join(names), after_restart=",".join(later))

    def _check_rules(self, settings: Settings) -> None:
        if self._engine:
            refuse_unknown_labels(settings, self._engine.labels)

    def _heartbeat(self, *, observe: bool) -> None:
        try:
            counts = self._ledger.census.take()
            if observe:
                self._monitor.observe(self.settings.watch)
        except LedgerBusy as error:
            log.warning("patrol.ledger-away", error=str(error))
            return
        log.info(
            "patrol.heartbeat",
            seen=counts.seen,
            **counts.states,
            unpublished=counts.unpublished,
            lag=round(counts.lag_seconds or 0.0, 1),
            gaps=round(counts.gap_seconds, 1),
        )

    def _score(self) -> None:
        settings = self.settings
        self._engine = engine = Engine(settings.model, settings.media, with_shadow=True)
        self._check_rules(self.settings)
        width = settings.media.thumbnail_width
        agent, patience = self._user_agent, self._patience
        fetcher = Fetcher(settings.wiki, settings.media, user_agent=agent, patience=patience)
        commons = Commons(settings.wiki, user_agent=agent, width=width, patience=patience)
        with closing(commons):
            parts = (self._ledger, commons, fetcher, engine, self._stop)
            candidate = settings.model.shadow
            shadow = Shadow(engine, candidate, self._vitals) if candidate.name else None
            pictures, *others = self._scorers = [
                Scorer(*parts, lane=lane, vitals=self._vitals, shadow=shadow) for lane in Lane
            ]
            adjustments = Adjustments(commons.api)
            self._vitals.model = engine.version
            log.info("patrol.ready", model=engine.version)
            beside = [
                self._spawn(scorer.thread, partial(self._take_turns, scorer, adjustments))
                for scorer in others
            ]
            self._take_turns(pictures, adjustments)
            for thread in beside:
                thread.join()

    def _take_turns(self, scorer: Scorer, adjustments: Adjustments) -> None:
        repeat(
            lambda: scorer.turn(adjustments.apply(self.settings), adjustments.opted_out),
            stop=self._stop,
            idle_s=lambda: IDLE_S,
            beat=partial(self._vitals.beat, scorer.thread),
        )

    def _fill(self) -> None:
        settings = self.settings
        agent, patience = self._user_agent, self._patience
        with closing(WikiApi(settings.wiki, user_agent=agent, patience=patience)) as api:
            wiki_log = WikiLog(api, settings.stream.wiki)
            filler = GapFiller(self._ledger, wiki_log, settings.stream)
            beat = partial(self._vitals.beat, "fill")
            repeat(filler.turn, stop=self._stop, idle_s=lambda: LOOK_S, beat=beat)

    def _publish(self) -> None:
        api = WikiApi(self.settings.wiki, user_agent=self._user_agent, patience=self._patience)
        publisher = FollowingPublisher(self._ledger, self._patience, RunPage(api).require)
        with closing(api), closing(publisher):
            repeat(
                lambda: publisher.turn(self.settings),
                stop=self._stop,
                idle_s=lambda: self.settings.publish.interval_seconds,
                beat=partial(self._vitals.beat, "publish"),
            )

    def _review(self) -> None:
        agent, width = self._user_agent, self.settings.media.thumbnail_width
        patience = self._patience
        commons = Commons(self.settings.wiki, user_agent=agent, width=width, patience=patience)
        with closing(commons):
            own_name = self.settings.secrets.account
            reader = ReviewReader(self._ledger, commons, own_name=own_name)
            repeat(
                lambda: reader.turn(self.settings),
                stop=self._stop,
                idle_s=lambda: self.settings.reviews.interval_seconds,
                beat=partial(self._vitals.beat, "review"),
            )

    def _close(self, workers: list[threading.Thread]) -> None:
        """Let every thread finish its step, give leases back, end the child processes."""
        self._stop.set()
        join_all(workers, GOODBYE_S)
        join_all([self._spawn("release", scorer.abandon) for scorer in self._scorers], RELEASE_S)
        if self._engine:
            self._engine.close()
        self._ledger.close()
        log.info("patrol.end")
