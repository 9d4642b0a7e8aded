"""How an attempt ends, in the ledger and in the log: finished, skipped, postponed or dead."""

import logging
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import structlog

from bot.commons import FileInfo
from bot.config import Settings
from bot.errors import Never, NothingToScore, NotYet
from bot.ledger import Decision, Intent, Job, Ledger, Outcome, Queue, Scored
from bot.logs import concerning
from bot.pauses import full_jitter
from bot.publish.assembly import wanted
from bot.publish.entry import compose
from bot.publish.output import AUDIT, CATEGORY, LOG_PAGE, TAG
from bot.publish.page import title_for
from bot.publish.quota import weight_of
from bot.review.fine import Like
from bot.review.recall import DRAWN, Recall, Recalled, audited
from bot.rules import Facts, Hit, Verdict, View, disagreement, judge
from bot.rules.verdict import MARKED_FINE
from bot.watching.vitals import Vitals
from model.errors import WorkerDied

log = structlog.get_logger(__name__)

HOUR_S = 3600.0
# Kinds of effects, by the action of a rule that calls for them.
KINDS = {"log": LOG_PAGE, "category": CATEGORY, "tag": TAG}


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of one file; `shadow` is what a candidate model makes of the same pictures."""

    info: FileInfo
    scored: Scored
    shadow: Scored | None = None

    @property
    def views(self) -> Sequence[View]:
        """The views, as the rules take them."""
        return [View(**view) for view in self.scored.views]


Finding = tuple[Job, Look, Facts]


class Settler:
    """Ends attempts. Each method may find that the lease was lost; then it changes nothing."""

    def __init__(self, ledger: Ledger, vitals: Vitals, queue: Queue | None = None) -> None:
        self._queue = queue or ledger.queue
        self._recall = Recall(ledger)
        self._vitals = vitals
        self._begun: dict[int, float] = {}

    def begin(self, job: Job) -> None:
        """Note when the work on an attempt begins. Safe to call from any thread."""
        self._vitals.attempted(1)
        self._begun[job.log_id] = monotonic()

    def finish(self, findings: Sequence[Finding], settings: Settings) -> None:
        """Apply the rules, and store scores, verdicts and what they call for, all or nothing."""
        verdicts = [judge(settings.rules, look.views, facts) for _, look, facts in findings]
        outcomes = [
            _outcome(finding, verdict, self._recalled(finding, verdict, settings), settings)
            for finding, verdict in zip(findings, verdicts, strict=True)
        ]
        kept = self._queue.finish_all(outcomes)
        for outcome, verdict in zip(outcomes, verdicts, strict=True):
            job = outcome.job
            with concerning(job.log_id):
                told = _told(outcome, verdict)
                self._last_word(job, "upload.scored", kept=job.log_id in kept, **told)

    def _recalled(self, finding: Finding, verdict: Verdict, settings: Settings) -> Recalled:
        _, look, _ = finding
        return self._recall.of(look.scored.sha1, look.views, verdict, settings.reviews)

    def fail(self, job: Job, error: Exception, settings: Settings) -> None:
        """End the attempt by the kind of what went wrong."""
        if isinstance(error, NothingToScore):
            kept = self._queue.skip(job, error.reason, str(error))
            self._last_word(job, "upload.skipped", kept=kept, reason=error.reason)
        elif isinstance(error, Never):
            self._bury(job, error)
        else:
            self.postpone(job, error, settings)

    def postpone(self, job: Job, error: Exception, settings: Settings) -> None:
        """Have it tried again, unless this was the last attempt."""
        if is_last_attempt(error, job, settings):
            self._bury(job, error)
            return
        self._vitals.failed(error)
        retry = settings.retry
        pause = full_jitter(
            job.attempt, first_s=retry.first_pause_seconds, longest_s=retry.longest_pause_seconds
        )
        self._queue.postpone(job, error, pause_s=pause)
        self._begun.pop(job.log_id, None)
        log.info("upload.postponed", title=job.title, error=str(error), pause=pause)

    def _bury(self, job: Job, error: Exception) -> None:
        self._vitals.failed(error)
        kept = self._queue.bury(job, error)
        what = {"kind": type(error).__name__, "error": str(error)}
        self._last_word(job, "upload.dead", kept=kept, level=logging.WARNING, **what)

    def _last_word(
        self, job: Job, event: str, *, kept: bool, level: int = logging.INFO, **more: Any
    ) -> None:
        """Log the one line on a finished upload; `key` is in the context."""
        begun = self._begun.pop(job.log_id, None)
        if not kept:
            log.info("upload.lease-lost", title=job.title)
            return
        log.log(
            level,
            event,
            title=job.title,
            attempts=job.attempt,
            crashes=job.crashes,
            age_s=round((datetime.now(UTC) - job.uploaded_at).total_seconds(), 1),
            took_s=None if begun is None else round(monotonic() - begun, 3),
            **more,
        )


def is_last_attempt(error: Exception, job: Job, settings: Settings) -> bool:
    """Tell whether an attempt that ended with `error` was the last that is allowed.

    What kills its process is tried less often than what only fails. What a fresh upload still
    lacks is awaited for as long as it is fresh, however often that is tried.
    """
    retry = settings.retry
    if isinstance(error, NotYet) and is_fresh(job, retry.fresh_seconds):
        return False
    crashed_out = isinstance(error, WorkerDied) and job.crashes + 1 >= retry.crashes
    out_of_time = job.failing_s >= retry.give_up_hours * HOUR_S
    return crashed_out or out_of_time or job.attempt >= retry.attempts


def is_fresh(job: Job, fresh_s: float) -> bool:
    """Tell whether an upload is so new that what is missing of it may be on its way."""
    # A time far ahead is as little fresh as one far back, or a deleted file would be awaited.
    return abs(time.time() - job.uploaded_at.timestamp()) < fresh_s


def _outcome(finding: Finding, verdict: Verdict, recalled: Recalled, settings: Settings) -> Outcome:
    job, look, facts = finding
    word = MARKED_FINE if recalled.same else verdict.ending(partial=look.scored.partial)
    intents = [] if recalled.same else _intents(job, look, verdict, recalled.like, settings)
    if audited(job.log_id, verdict, settings.reviews):
        intents.append(_audit(job, look, settings))
    decision = _decision(word, verdict, facts, settings)
    return Outcome(
        job=job, decision=decision, scored=look.scored, intents=intents, shadow=look.shadow
    )


def _audit(job: Job, look: Look, settings: Settings) -> Intent:
    """Return an entry without scores: whoever looks at the file should not know them."""
    info, scored = look.info, look.scored
    entry = compose(
        job,
        DRAWN,
        {},
        title=info.title,
        sha1=scored.sha1,
        model=scored.model,
        partial=scored.partial,
    )
    page = title_for(datetime.now(UTC), settings.reviews.audit_prefix)
    return Intent(kind=AUDIT, page=page, entry=entry, weight=0.0)


def _told(outcome: Outcome, verdict: Verdict) -> dict[str, Any]:
    scored = outcome.scored
    return {
        "verdict": outcome.decision.verdict,
        "hits": ",".join(_shown(hit) for hit in verdict.hits),
        "model": scored.model,
        "medium": scored.medium,
        "views": len(scored.views),
        "partial": scored.partial,
    }


def _decision(word: str, verdict: Verdict, facts: Facts, settings: Settings) -> Decision:
    hit = verdict.decisive
    return Decision(
        word,
        rule=hit.rule if hit else None,
        confidence=hit.confidence if hit else None,
        thresholds={rule.name: getattr(rule.at_least, facts.medium) for rule in settings.rules},
        hits=[asdict(one) for one in verdict.hits],
        facts=facts.as_json(),
    )


def _shown(hit: Hit) -> str:
    shadow = " (shadow)" if hit.shadow else ""
    return f"{hit.rule}={hit.confidence:.2f}{shadow}"


def _intents(
    job: Job, look: Look, verdict: Verdict, like: Like | None, settings: Settings
) -> list[Intent]:
    """Return an effect for each action whose output is switched on.

    All have the entry of the hit that leads.
    """
    hit = verdict.review
    if hit is None:
        return []
    view = next(view for view in look.views if view.place == hit.place)
    entry = compose(
        job,
        hit,
        view.scores,
        title=look.info.title,
        sha1=look.scored.sha1,
        model=look.scored.model,
        partial=look.scored.partial,
        disagreement=disagreement(view.scores, settings.model.second_opinion),
        like=like.title if like else None,
    )
    log_page = title_for(datetime.now(UTC), settings.publish.page_prefix)
    pages = {LOG_PAGE: log_page, CATEGORY: look.info.title, TAG: look.info.title}
    kinds = [KINDS[action] for action in verdict.actions]
    weight = weight_of(hit)
    return [
        Intent(kind=kind, page=pages[kind], entry=entry, weight=weight)
        for kind in kinds
        if wanted(settings.publish, kind)
    ]
