"""The end of a batch: what was seen of files that are still what they were before the fetch."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog

from bot.background import Background, Case
from bot.commons import Commons
from bot.config import Settings
from bot.errors import GateClosed, LookoutError, NotThereYet
from bot.ledger import Job
from bot.logs import concerning, keys_of
from bot.settling import Finding, Look, Settler

log = structlog.get_logger(__name__)


class Recorder:
    """Compares, judges and stores.

    What cannot be compared because the wiki asked for a pause is kept, with its lease, for the next
    turn: a wiki that asks for one in every batch would else have the same files fetched for ever.

    Args:
        commons: Tells what the files are now.
        settler: Stores.
        background: Tells what else the rules ask for.
        done: Is called with every upload that needs no more work in this turn.
    """

    def __init__(
        self,
        commons: Commons,
        settler: Settler,
        background: Background,
        done: Callable[[Job], None],
    ) -> None:
        self._commons = commons
        self._settler = settler
        self._background = background
        self._done = done
        self._late: list[tuple[Job, Look]] = []

    def take_late(self) -> list[tuple[Job, Look]]:
        """Hand out what was kept, which may be much older than its lease."""
        late, self._late = self._late, []
        return late

    def record(self, looks: Sequence[tuple[Job, Look]], settings: Settings) -> None:
        """Store the scores of files that are still what they were before the fetch."""
        if not looks:
            return
        try:
            self._record(looks, settings)
        except GateClosed as error:
            told = keys_of(job for job, _ in looks)
            log.info("scoring.kept-for-later", keys=told, error=str(error))
            self._late += looks
            for job, _ in looks:
                self._done(job)

    def _record(self, looks: Sequence[tuple[Job, Look]], settings: Settings) -> None:
        after = self._commons.hashes([job.title for job, _ in looks])
        same = [pair for pair in looks if after.get(pair[0].title) == pair[1].info.sha1]
        if same:
            cases = [Case(job, seen.info, seen.views) for job, seen in same]
            facts = self._background.facts(cases, settings)
            self._finish(
                [(*pair, known) for pair, known in zip(same, facts, strict=True)], settings
            )
        for job, seen in looks:
            if after.get(job.title) != seen.info.sha1:
                error = NotThereYet(f"{job.title} changed while it was looked at")
                with concerning(job.log_id):
                    self._settler.postpone(job, error, settings)
                self._done(job)

    def _finish(self, findings: Sequence[Finding], settings: Settings) -> None:
        """Finish all in one transaction; should one of them be the end of it, each in its own."""
        try:
            self._settler.finish(findings, settings)
        except LookoutError:
            raise
        except Exception as error:  # noqa: BLE001 - raised again below, on account of one upload
            log.warning("scoring.singly", error=f"{type(error).__name__}: {error}")
            for finding in findings:
                with answering(finding[0], self._done):
                    self._settler.finish([finding], settings)
                self._done(finding[0])
        for job, _, _ in findings:
            self._done(job)


@contextmanager
def answering(job: Job, done: Callable[[Job], None]) -> Iterator[None]:
    """Keep the lease of an upload that meets an error nobody foresaw, which ends the bot.

    Its attempt then counts: a file that ends the bot each time must not do so for ever.
    """
    try:
        yield
    except LookoutError:
        raise
    except Exception:  # raised again: the bot ends with it
        done(job)
        raise
