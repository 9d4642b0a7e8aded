"""Any order of operations, by any number of workers, against a simple model."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from bot.errors import NetworkFault
from bot.events import Hole
from bot.ledger import Job, Ledger, State
from model.errors import Undecodable
from support.ledgers import (
    EXPIRED_S,
    LEASE_S,
    MAX_ATTEMPTS,
    MODEL,
    STREAM,
    address,
    claim,
    fill,
    finish,
    scored,
)
from support.mariadb import MariaDb
from support.uploads import upload as announced


@dataclass
class Expected:
    """What the model says of one upload."""

    state: State = State.WAITING
    attempts: int = 0
    due: bool = True
    lease: str | None = None
    expired: bool = False

    def held_by(self, job: Job) -> bool:
        """Whether the lease of `job` is the one in force."""
        return self.state == State.LEASED and self.lease == job.lease

    def free(self) -> None:
        """Make it wait again, due at once."""
        self.state, self.lease, self.due = State.WAITING, None, True


class QueueMachine(RuleBasedStateMachine):
    """Workers that claim, stall, crash and finish in any order."""

    jobs: Bundle[Job] = Bundle("jobs")
    new_place: Callable[[], AbstractContextManager[str]]

    @initialize()
    def open(self) -> None:
        """Start with an empty ledger."""
        self.cleanup = ExitStack()
        self.place = self.cleanup.enter_context(self.new_place())
        self.ledger = Ledger(self.place)
        self.uploads: dict[int, Expected] = {}
        self.effects: list[int] = []
        self.position: int | None = None
        self.gaps: dict[int, bool] = {}  # by where they begin: whether open

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.ledger.close()
        self.cleanup.close()

    @rule(log_ids=st.lists(st.integers(1, 12), max_size=6), position=st.none() | st.integers(0, 9))
    def record(self, log_ids: list[int], position: int | None) -> None:
        """Store what the stream delivered, some of it again."""
        new = set(log_ids) - set(self.uploads)
        assert fill(self.ledger, log_ids, position) == len(new)
        self.uploads |= {log_id: Expected() for log_id in new}
        self.position = max((p for p in (self.position, position) if p is not None), default=None)

    @rule(since=st.integers(0, 3))
    def pass_over(self, since: int) -> None:
        """Note a hole of one second, perhaps once more."""
        hole = Hole(2_000 * since, 2_000 * since + 1_000, "skipped")
        self.ledger.intake.record(STREAM, [], None, holes=[hole])
        self.gaps.setdefault(hole.since, True)

    @rule(log_ids=st.lists(st.integers(1, 12), max_size=6), closes=st.booleans())
    def fill_gap(self, log_ids: list[int], *, closes: bool) -> None:
        """Store a page of the log, which has what the stream brought, too."""
        for gap in self.ledger.gaps.open(STREAM)[:1]:
            new, found = set(log_ids) - set(self.uploads), [announced(i) for i in log_ids]
            if closes:
                assert self.ledger.gaps.close(gap, found) == len(new)
                self.gaps[gap.since] = False
            else:
                token = f"{gap.token or ''}+"
                stored = self.ledger.gaps.progress(gap, found, part="upload", token=token)
                assert stored == len(new)
            self.uploads |= {log_id: Expected() for log_id in new}

    @rule(target=jobs, limit=st.integers(1, 5), crashes=st.booleans())
    def claim(self, limit: int, *, crashes: bool) -> MultipleResults[Job]:
        """Take the newest that are due; a worker that crashes lets its lease run out."""
        for upload in self.uploads.values():
            if upload.state == State.LEASED and upload.expired:
                upload.free()
                if upload.attempts >= MAX_ATTEMPTS:
                    upload.state = State.DEAD
        waiting = [i for i, u in self.uploads.items() if u.state == State.WAITING and u.due]
        turn = sorted(waiting, reverse=True)[:limit]
        claimed = claim(self.ledger, limit=limit, lease_s=EXPIRED_S if crashes else LEASE_S)
        for job in claimed:
            upload = self.uploads[job.log_id]
            upload.state, upload.lease, upload.expired = State.LEASED, job.lease, crashes
            upload.attempts += 1
            assert job.attempt == upload.attempts
        assert [job.log_id for job in claimed] == turn
        return multiple(*claimed)

    @rule(job=jobs)
    def renew(self, job: Job) -> None:
        """Say that the work goes on."""
        self.ledger.queue.renew([job], lease_s=LEASE_S)
        upload = self.uploads[job.log_id]
        upload.expired = upload.expired and not upload.held_by(job)

    @rule(job=jobs, review=st.booleans())
    def finish(self, job: Job, *, review: bool) -> None:
        """End with scores."""
        own = self.settled(job, State.SCORED)
        assert finish(self.ledger, job, review=review) == own
        if own:
            stored = scored(job)
            assert self.ledger.queue.known([stored.sha1], MODEL) == {stored.sha1: stored}
            self.effects += [job.log_id] * review

    @rule(job=jobs)
    def skip(self, job: Job) -> None:
        """End without scores."""
        assert self.ledger.queue.skip(job, "gone", "") == self.settled(job, State.SKIPPED)

    @rule(job=jobs)
    def bury(self, job: Job) -> None:
        """End as failed."""
        assert self.ledger.queue.bury(job, Undecodable("")) == self.settled(job, State.DEAD)

    @rule(job=jobs, pause_s=st.sampled_from([0.0, 3600.0]), counts=st.booleans())
    def postpone(self, job: Job, pause_s: float, *, counts: bool) -> None:
        """Give back for later."""
        upload, own = self.uploads[job.log_id], self.settled(job, State.WAITING)
        error = NetworkFault("")
        assert self.ledger.queue.postpone(job, error, pause_s=pause_s, counts=counts) == own
        if own:
            upload.due = pause_s == 0
            upload.attempts -= not counts

    @rule(one=jobs, other=jobs)
    def release(self, one: Job, other: Job) -> None:
        """Give back at once, even what was claimed at different times."""
        self.ledger.queue.release([one, other])
        for job in (one, other):
            upload = self.uploads[job.log_id]
            if upload.held_by(job):
                upload.free()
                upload.attempts -= 1

    @rule()
    def restart(self) -> None:
        """Close the ledger and open it again."""
        self.ledger.close()
        self.ledger = Ledger(self.place)

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        """Compare the whole ledger with the model."""
        counts = self.ledger.census.take()
        assert counts.balanced
        assert counts.seen == len(self.uploads)
        expected = Counter(upload.state for upload in self.uploads.values())
        assert counts.states == {state: expected[state] for state in State}
        effects = self.ledger.outbox.pending(limit=99)
        assert [effect.log_id for effect in effects] == self.effects
        assert self.ledger.intake.position(STREAM) == self.position
        assert counts.gap_seconds == sum(self.gaps.values())

    def settled(self, job: Job, state: State) -> bool:
        """Move the model on, if the lease is in force; return whether it is."""
        upload = self.uploads[job.log_id]
        own = upload.held_by(job)
        if own:
            upload.state, upload.lease, upload.due = state, None, True
        return own


@contextmanager
def in_a_file() -> Iterator[str]:
    """Lend a place for an SQLite ledger."""
    with tempfile.TemporaryDirectory() as folder:
        yield address(Path(folder) / "ledger.sqlite")


def check(new_place: Callable[[], AbstractContextManager[str]], examples: int) -> None:
    machine = type("Machine", (QueueMachine,), {"new_place": staticmethod(new_place)})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=examples, stateful_step_count=30, deadline=None)
    )


def test_any_order_of_operations_on_sqlite() -> None:
    check(in_a_file, examples=20)


def test_any_order_of_operations_on_mariadb(mariadb: MariaDb) -> None:
    check(lambda: mariadb.database("lookout_invariant"), examples=5)
