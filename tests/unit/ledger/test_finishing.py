"""Many uploads finished in one transaction: each by its own lease, and all or none of it."""

import pytest
from sqlalchemy import exc

from bot.ledger import Decision, Job, Ledger, Outcome
from support.ledgers import EXPIRED_S, MODEL, claim, claim_one, fill, intent, rows, scored, states


def outcome(job: Job, *, effects: int = 1) -> Outcome:
    """Return an end that calls for so many times the same effect."""
    intents = [intent(job)] * effects
    return Outcome(job=job, decision=Decision("review"), scored=scored(job), intents=intents)


def test_a_batch_is_finished_at_once(ledger: Ledger) -> None:
    fill(ledger, [1, 2, 3])
    jobs = claim(ledger)
    assert ledger.queue.finish_all([outcome(job) for job in jobs]) == {1, 2, 3}
    assert states(ledger) == {"scored": 3}
    assert [effect.log_id for effect in ledger.outbox.pending(limit=9)] == [3, 2, 1]


def test_nothing_to_finish_is_nothing(ledger: Ledger) -> None:
    assert ledger.queue.finish_all([]) == set()


def test_a_lost_lease_in_a_batch_stores_nothing_of_its_own(ledger: Ledger) -> None:
    fill(ledger, [2])
    lost = claim_one(ledger, lease_s=EXPIRED_S)
    fill(ledger, [1])
    second, first = claim(ledger)
    assert ledger.queue.finish_all([outcome(lost), outcome(first)]) == {1}
    assert states(ledger) == {"leased": 1, "scored": 1}
    assert list(ledger.queue.known([f"{2:040x}", f"{1:040x}"], MODEL)) == [f"{1:040x}"]
    assert ledger.queue.finish_all([outcome(second)]) == {2}


def test_one_that_cannot_be_stored_leaves_all_of_its_batch_as_it_was(
    ledger: Ledger, place: str
) -> None:
    fill(ledger, [1, 2])
    one, other = claim(ledger)
    with pytest.raises(exc.IntegrityError):
        ledger.queue.finish_all([outcome(one), outcome(other, effects=2)])
    assert states(ledger) == {"leased": 2}
    assert rows(place, "SELECT sha1 FROM scores") == []
    assert rows(place, "SELECT log_id FROM decisions") == []
    assert rows(place, "SELECT log_id FROM outbox") == []
    assert ledger.queue.finish_all([outcome(one)]) == {one.log_id}
