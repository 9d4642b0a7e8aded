"""Effects: in the order decided, once each, and marked once."""

import pytest
from sqlalchemy import exc

from bot.ledger import Decision, Ledger
from support.ledgers import claim, claim_one, fill, finish, intent, rows, scored

PAGE = "User:Bot/Log/2026-11-22"


def decided(ledger: Ledger, *log_ids: int) -> None:
    """Put these up for review, in this order."""
    for log_id in log_ids:
        fill(ledger, [log_id])
        assert finish(ledger, claim_one(ledger), review=True)


def test_effects_are_pending_in_the_order_decided(ledger: Ledger) -> None:
    decided(ledger, 3, 1, 2)
    assert [effect.log_id for effect in ledger.outbox.pending(limit=9)] == [3, 1, 2]
    assert [effect.log_id for effect in ledger.outbox.pending(limit=2)] == [3, 1]


def test_an_effect_comes_out_as_it_went_in(ledger: Ledger) -> None:
    fill(ledger, [1])
    job = claim_one(ledger)
    wanted = intent(job)
    ledger.queue.finish(job, decision=Decision("review"), scored=scored(job), intents=[wanted])
    (effect,) = ledger.outbox.pending(limit=9)
    assert (effect.kind, effect.page, effect.entry) == (wanted.kind, wanted.page, wanted.entry)


def test_what_is_sent_is_no_longer_pending(ledger: Ledger) -> None:
    decided(ledger, 1, 2)
    first = ledger.outbox.pending(limit=1)
    ledger.outbox.mark_sent(first, "live", page=PAGE, revision=7)
    assert [effect.log_id for effect in ledger.outbox.pending(limit=9)] == [2]
    counts = ledger.census.take()
    assert (counts.published, counts.unpublished) == (1, 1)


def test_marking_again_changes_nothing(ledger: Ledger, place: str) -> None:
    decided(ledger, 1)
    effects = ledger.outbox.pending(limit=9)
    ledger.outbox.mark_sent(effects, "live", page=PAGE, revision=7)
    before = rows(place, "SELECT * FROM outbox")
    ledger.outbox.mark_sent(effects, "dry-run", page=PAGE, revision=8)
    ledger.outbox.mark_sent([], "dry-run", page=PAGE, revision=8)
    assert rows(place, "SELECT * FROM outbox") == before


def test_a_verdict_without_effects_leaves_the_outbox_empty(ledger: Ledger) -> None:
    fill(ledger, [1])
    finish(ledger, claim_one(ledger), review=False)
    assert ledger.outbox.pending(limit=9) == []


def test_one_upload_cannot_have_the_same_effect_twice(ledger: Ledger) -> None:
    fill(ledger, [1])
    (job,) = claim(ledger)
    twice = [intent(job), intent(job)]
    with pytest.raises(exc.IntegrityError):
        ledger.queue.finish(job, decision=Decision("review"), scored=scored(job), intents=twice)
    assert ledger.outbox.pending(limit=9) == []
    assert finish(ledger, job, review=True)  # nothing of the failed one was stored
