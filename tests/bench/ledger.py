"""What an upload costs in the ledger, beside what scoring its picture costs."""

import itertools
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from bench.pictures import thumbnails
from bench.scoring import Scoring
from bench.sidebyside import Bound, Line, Note, Row, interleaved
from bot.events import Upload
from bot.home import home
from bot.lanes import Lane
from bot.ledger import Decision, Job, Ledger, Outcome, Scored
from bot.scoring import FILES_PER_TURN

BOUND = Bound("at least", 20)
LEASE_S = 120.0
ATTEMPTS = 12
ROUNDS = 12
SCORES = {"drawing": 0.01, "hentai": 0.01, "neutral": 0.96, "porn": 0.01, "sexy": 0.01}


def measure(*, quick: bool) -> Iterator[Line]:
    """Measure record, claim and finish; then all that the bot asks of the ledger for an upload.

    In wall time too, for a commit waits for the disk. The ledger lies where the bot's lies.
    """
    scoring = Scoring()
    files = list(itertools.islice(itertools.cycle(thumbnails()), FILES_PER_TURN[Lane.PICTURES]))
    rounds = 2 if quick else ROUNDS
    home().mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=home(), prefix="bench-") as folder,
        Ledger(f"sqlite:///{folder}/ledger.sqlite") as ledger,
    ):
        passage = Passage(ledger, len(files))
        for clock, kind in ((time.perf_counter, "wall"), (time.process_time, "processor")):
            scored, bare, whole = interleaved(
                {
                    "scoring": lambda: [scoring.scores(file) for file in files],
                    "record, claim, finish": passage.bare,
                    "all of the ledger": passage.whole,
                },
                rounds=rounds,
                per=len(files),
                clock=clock,
            )
            bound = BOUND if clock is time.perf_counter else None
            yield Row(f"scoring / ledger, {kind} time", scored, bare, bound)
            yield Row(f"scoring / ledger as the bot uses it, {kind} time", scored, whole)
    yield Note(
        f"ledger: {len(files)} uploads recorded, claimed and finished, each in one transaction "
        "whose commit waits for the disk; as the bot uses it, their contents are also looked up "
        "and their leases renewed once"
    )


class Passage:
    """Uploads through a ledger, new ones each time."""

    def __init__(self, ledger: Ledger, uploads: int) -> None:
        self._ledger = ledger
        self._uploads = uploads
        self._log_ids = itertools.count(1)

    def bare(self) -> None:
        """Record, claim and finish."""
        self._finish(self._claimed())

    def whole(self) -> None:
        """Likewise, with what `bot.scoring` does in between."""
        jobs = self._claimed()
        self._ledger.queue.known({job.sha1 or "" for job in jobs}, "bench")
        self._ledger.queue.renew(jobs, lease_s=LEASE_S)
        self._finish(jobs)

    def _claimed(self) -> list[Job]:
        batch = [_upload(next(self._log_ids)) for _ in range(self._uploads)]
        self._ledger.intake.record("bench", batch, batch[-1].log_id)
        return self._ledger.queue.claim(
            limit=FILES_PER_TURN[Lane.PICTURES], lease_s=LEASE_S, max_attempts=ATTEMPTS
        )

    def _finish(self, jobs: Sequence[Job]) -> None:
        self._ledger.queue.finish_all([_outcome(job) for job in jobs])


def _outcome(job: Job) -> Outcome:
    views = [{"scores": SCORES, "place": ""}]
    scored = Scored(sha1=job.sha1 or "", model="bench", medium="image", views=views, partial=False)
    return Outcome(job=job, decision=Decision("cleared"), scored=scored)


def _upload(log_id: int) -> Upload:
    return Upload(
        log_id=log_id,
        action="upload",
        title=f"File:Holiday {log_id}.jpg",
        user="Uploader",
        by_bot=False,
        sha1=f"{log_id:040x}",
        uploaded_at=datetime.now(UTC),
    )
