"""Leases: one holder at a time, every claim counted, one end for each upload."""

import json

import pytest

from bot.errors import NetworkFault
from bot.ledger import Decision, Job, Ledger
from model.errors import Undecodable
from support.ledgers import (
    EXPIRED_S,
    LEASE_S,
    MAX_ATTEMPTS,
    MODEL,
    Child,
    claim,
    claim_one,
    fill,
    finish,
    rows,
    scored,
    states,
)


@pytest.fixture
def job(ledger: Ledger) -> Job:
    """The only upload of the ledger, claimed."""
    fill(ledger, [1])
    return claim_one(ledger)


def test_the_newest_uploads_are_claimed_first_and_in_that_order(ledger: Ledger) -> None:
    fill(ledger, [3, 1, 5, 2, 4])
    assert [job.log_id for job in claim(ledger, limit=2)] == [5, 4]
    assert [job.log_id for job in claim(ledger)] == [3, 2, 1]


def test_a_claimed_upload_is_not_claimed_again(ledger: Ledger, job: Job) -> None:
    assert job.attempt == 1
    assert claim(ledger) == []
    assert states(ledger) == {"leased": 1}


def test_a_job_carries_what_the_event_said(job: Job) -> None:
    assert (job.title, job.user, job.sha1) == ("File:1.jpg", "Uploader", f"{1:040x}")
    assert job.uploaded_at.isoformat() == "2026-11-22T00:00:00+00:00"


def test_an_expired_lease_can_be_claimed_and_has_cost_an_attempt(ledger: Ledger) -> None:
    fill(ledger, [1])
    lost = claim_one(ledger, lease_s=EXPIRED_S)
    found = claim_one(ledger)
    assert found.attempt == 2
    assert found.lease != lost.lease


def test_a_renewed_lease_does_not_expire(ledger: Ledger) -> None:
    fill(ledger, [1])
    job = claim_one(ledger, lease_s=EXPIRED_S)
    ledger.queue.renew([job], lease_s=LEASE_S)
    assert claim(ledger) == []
    assert finish(ledger, job)


def test_a_lost_lease_cannot_be_renewed(ledger: Ledger) -> None:
    fill(ledger, [1])
    lost = claim_one(ledger, lease_s=EXPIRED_S)
    claim_one(ledger, lease_s=EXPIRED_S)
    ledger.queue.renew([lost], lease_s=LEASE_S)
    assert claim_one(ledger).attempt == 3


def test_a_lost_lease_can_settle_nothing(ledger: Ledger) -> None:
    fill(ledger, [1])
    lost = claim_one(ledger, lease_s=EXPIRED_S)
    held = claim_one(ledger)
    assert not finish(ledger, lost, review=True)
    assert not ledger.queue.skip(lost, "gone", "")
    assert not ledger.queue.bury(lost, Undecodable(""))
    assert not ledger.queue.postpone(lost, NetworkFault(""), pause_s=0)
    ledger.queue.release([lost])
    assert states(ledger) == {"leased": 1}
    assert ledger.outbox.pending(limit=9) == []
    assert ledger.queue.known([scored(lost).sha1], MODEL) == {}
    assert finish(ledger, held)


def test_the_last_attempt_lost_is_the_uploads_end(ledger: Ledger) -> None:
    fill(ledger, [1])
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert claim_one(ledger, lease_s=EXPIRED_S).attempt == attempt
    assert claim(ledger) == []
    assert ledger.census.take().dead == {"LeaseExpired": 1}


def test_a_postponed_upload_waits_for_its_pause(ledger: Ledger, job: Job) -> None:
    assert ledger.queue.postpone(job, NetworkFault("reset"), pause_s=3600)
    assert claim(ledger) == []
    assert states(ledger) == {"waiting": 1}


def test_a_postponed_upload_comes_back_with_its_attempts_counted(ledger: Ledger, job: Job) -> None:
    ledger.queue.postpone(job, NetworkFault("reset"), pause_s=0)
    assert claim_one(ledger).attempt == 2


def test_a_fault_that_is_not_the_uploads_costs_it_no_attempt(ledger: Ledger, job: Job) -> None:
    ledger.queue.postpone(job, NetworkFault("the wiki is away"), pause_s=0, counts=False)
    assert claim_one(ledger).attempt == 1


def test_a_job_knows_for_how_long_it_has_failed(ledger: Ledger, job: Job, place: str) -> None:
    assert job.failing_s == 0
    ledger.queue.postpone(job, NetworkFault("the wiki is away"), pause_s=0, counts=False)
    assert rows(place, "SELECT failing_since FROM uploads") == [(None,)]
    ledger.queue.postpone(claim_one(ledger), NetworkFault("reset"), pause_s=0)
    (first,) = rows(place, "SELECT failing_since FROM uploads")
    again = claim_one(ledger)
    assert again.failing_s >= 0
    ledger.queue.postpone(again, NetworkFault("reset"), pause_s=0)
    assert rows(place, "SELECT failing_since FROM uploads") == [first]


def test_released_uploads_can_be_claimed_at_once_and_uncounted(ledger: Ledger, job: Job) -> None:
    ledger.queue.release([job])
    assert claim_one(ledger).attempt == 1


def test_releasing_touches_nothing_that_is_finished(ledger: Ledger) -> None:
    fill(ledger, [1, 2])
    jobs = claim(ledger)
    finish(ledger, jobs[0])
    ledger.queue.release(jobs)
    assert states(ledger) == {"scored": 1, "waiting": 1}


def test_releasing_or_renewing_nothing_is_nothing(ledger: Ledger) -> None:
    ledger.queue.release([])
    ledger.queue.renew([], lease_s=LEASE_S)


def test_a_finished_upload_has_its_verdict_and_is_never_claimed_again(
    ledger: Ledger, job: Job
) -> None:
    assert finish(ledger, job)
    assert not finish(ledger, job)
    assert claim(ledger) == []
    assert ledger.census.take().verdicts == {"cleared": 1}


def test_a_skipped_upload_keeps_its_reason(ledger: Ledger, job: Job, place: str) -> None:
    assert ledger.queue.skip(job, "gone", "File:1.jpg was deleted")
    assert claim(ledger) == []
    assert ledger.census.take().skipped == {"gone": 1}
    assert rows(place, "SELECT detail FROM uploads") == [("File:1.jpg was deleted",)]


def test_a_buried_upload_keeps_its_error(ledger: Ledger, job: Job, place: str) -> None:
    assert ledger.queue.bury(job, Undecodable("not a JPEG"))
    assert claim(ledger) == []
    assert ledger.census.take().dead == {"Undecodable": 1}
    assert rows(place, "SELECT detail FROM uploads") == [("not a JPEG",)]


def test_scores_are_known_by_content_and_model(ledger: Ledger, job: Job) -> None:
    finish(ledger, job)
    one, other = f"{1:040x}", f"{2:040x}"
    assert ledger.queue.known([one, other], MODEL) == {one: scored(job)}
    assert ledger.queue.known([one, other], "model@2") == {}
    assert ledger.queue.known([], MODEL) == {}


def test_the_same_content_under_two_titles_is_stored_once(ledger: Ledger, place: str) -> None:
    fill(ledger, [1, 2])
    for job in claim(ledger):
        same = scored(job, sha1="f" * 40)
        assert ledger.queue.finish(job, decision=Decision("cleared"), scored=same, intents=[])
    assert rows(place, "SELECT count(*) FROM scores") == [(1,)]


@pytest.mark.parametrize("moment", ["INSERT INTO scores", "INSERT INTO outbox", "COMMIT"])
def test_killed_before_the_commit_neither_verdict_nor_effect_is_there(
    ledger: Ledger, child: Child, moment: str
) -> None:
    fill(ledger, [1])
    assert child("settle", moment).wait() == -9
    assert states(ledger) == {"leased": 1}
    assert ledger.outbox.pending(limit=9) == []
    again = claim_one(ledger)
    assert again.attempt == 2
    assert ledger.queue.known([scored(again).sha1], MODEL) == {}


def test_killed_after_the_commit_both_are_there(ledger: Ledger, child: Child) -> None:
    fill(ledger, [1])
    assert child("settle", "never").wait() == -9
    assert states(ledger) == {"scored": 1}
    assert [effect.log_id for effect in ledger.outbox.pending(limit=9)] == [1]


def test_processes_that_claim_at_once_never_get_the_same_upload(
    ledger: Ledger, child: Child
) -> None:
    uploads = list(range(1, 601))
    fill(ledger, uploads)
    processes = [child("drain") for _ in range(3)]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    shares = [json.loads(process.communicate()[0]) for process in processes]
    assert sorted(log_id for share in shares for log_id in share) == uploads
    assert sum(bool(share) for share in shares) > 1
