"""The record: what was decided and edited, in the transaction of what it records."""

import pytest

from bot.ledger import Decision, Ledger, PastDecision, PastEdit
from support.ledgers import EXPIRED_S, MODEL, Child, claim, claim_one, fill, finish, rows, scored

FOREVER = 1e11
DECISION = Decision("review", "explicit", 0.91, {"explicit": 0.8, "suggestive": 0.7})
PAGE = "User:Bot/Log/2026-11-22"


def decisions(ledger: Ledger) -> list[PastDecision]:
    return ledger.history.decisions(0, FOREVER, limit=99)


def edits(ledger: Ledger) -> list[PastEdit]:
    return ledger.history.edits(0, FOREVER, limit=99)


def test_a_decision_is_recorded_with_what_it_rested_on(ledger: Ledger) -> None:
    fill(ledger, [1])
    job = claim_one(ledger)
    ledger.queue.finish(job, decision=DECISION, scored=scored(job), intents=[])
    (past,) = decisions(ledger)
    assert (past.log_id, past.sha1, past.model) == (1, job.sha1, MODEL)
    assert Decision(past.verdict, past.rule, past.confidence, past.thresholds) == DECISION


def test_a_decision_whose_lease_was_lost_is_not_recorded(ledger: Ledger) -> None:
    fill(ledger, [1])
    lost = claim_one(ledger, lease_s=EXPIRED_S)
    held = claim_one(ledger)
    assert not finish(ledger, lost)
    assert decisions(ledger) == []
    assert finish(ledger, held)
    assert len(decisions(ledger)) == 1


@pytest.mark.parametrize("moment", ["INSERT INTO decisions", "COMMIT"])
def test_killed_before_the_commit_neither_verdict_nor_decision_is_there(
    ledger: Ledger, child: Child, moment: str
) -> None:
    fill(ledger, [1])
    assert child("settle", moment).wait() == -9
    assert ledger.census.take().verdicts == {}
    assert decisions(ledger) == []


def test_an_edit_is_recorded_once_with_its_revision_and_uploads(ledger: Ledger) -> None:
    fill(ledger, [1, 2, 3])
    for job in claim(ledger):
        finish(ledger, job, review=job.log_id > 1)
    effects = ledger.outbox.pending(limit=9)
    for revision in (7, 8):
        ledger.outbox.mark_sent(effects, "live", page=PAGE, revision=revision)
    (edit,) = edits(ledger)
    assert (edit.mode, edit.page, edit.revision, edit.log_ids) == ("live", PAGE, 7, [3, 2])


def test_a_span_of_time_holds_its_beginning_and_not_its_end(ledger: Ledger, place: str) -> None:
    fill(ledger, [1, 2, 3])
    for job in claim(ledger):
        finish(ledger, job)
    first, second, third = (past.decided_at for past in decisions(ledger))
    moments = [moment for (moment,) in rows(place, "SELECT decided_at FROM decisions ORDER BY id")]
    assert moments == [first, second, third]
    found = ledger.history.decisions(first, third, limit=99)
    assert [past.decided_at for past in found] == [first, second]
    assert ledger.history.decisions(first, third, limit=1) == found[:1]


def test_an_uploaders_earlier_suggestions_are_found_the_newest_first(ledger: Ledger) -> None:
    fill(ledger, [1, 2, 3, 4])
    for job in claim(ledger):
        finish(ledger, job, review=job.log_id != 2)
    assert ledger.history.suggested_of("Uploader", 4, limit=9) == [3, 1]
    assert ledger.history.suggested_of("Uploader", 4, limit=1) == [3]
    assert ledger.history.suggested_of("uploader", 4, limit=9) == []
