"""The counts, the invariant they rest on, and that taking them disturbs nobody."""

import time

from bot.errors import NetworkFault
from bot.ledger import Ledger
from bot.ledger.schema import uploads
from bot.ledger.transactions import reading
from support.ledgers import MODEL, STREAM, claim, fill, finish, states


def test_an_empty_ledger_counts_nothing(ledger: Ledger) -> None:
    counts = ledger.census.take()
    assert counts.balanced
    assert set(counts.states.values()) == {0}
    assert (counts.seen, counts.unfinished, counts.published, counts.unpublished) == (0, 0, 0, 0)
    assert counts.lag_seconds is None
    assert counts.oldest_unfinished_seconds is None


def test_every_upload_is_in_exactly_one_state(ledger: Ledger) -> None:
    fill(ledger, range(1, 7))
    first, second, third, fourth, _ = claim(ledger, limit=5)
    finish(ledger, first, review=True)
    ledger.queue.skip(second, "gone", "")
    ledger.queue.bury(third, NetworkFault(""))
    ledger.queue.postpone(fourth, NetworkFault(""), pause_s=60)
    assert states(ledger) == {"scored": 1, "skipped": 1, "dead": 1, "waiting": 2, "leased": 1}
    counts = ledger.census.take()
    assert (counts.seen, counts.unfinished) == (6, 3)


def test_the_lag_is_the_distance_from_the_position_to_now(ledger: Ledger) -> None:
    minute_ago = int(time.time() * 1000) - 60_000
    fill(ledger, [], minute_ago)
    lag = ledger.census.take().lag_seconds
    assert lag is not None
    assert 60 <= lag < 3600


def test_the_oldest_unfinished_upload_is_not_one_that_is_finished(ledger: Ledger) -> None:
    fill(ledger, [1])
    first = ledger.census.take().oldest_unfinished_seconds
    assert first is not None
    finish(ledger, *claim(ledger))
    assert ledger.census.take().oldest_unfinished_seconds is None


def test_readers_do_not_wait_for_the_writer(ledger: Ledger) -> None:
    fill(ledger, [1], 1000)
    with ledger._engine.begin() as writer:
        writer.execute(uploads.update().values(title="File:Unfinished.jpg"))
        assert ledger.census.take().seen == 1
        assert ledger.intake.position(STREAM) == 1000
        assert ledger.outbox.pending(limit=9) == []
        assert ledger.queue.known(["0" * 40], MODEL) == {}


def test_the_writer_does_not_wait_for_readers_who_keep_their_picture(ledger: Ledger) -> None:
    fill(ledger, [1])
    with reading(ledger._engine) as reader:
        before = reader.execute(uploads.select()).all()
        fill(ledger, [2])
        assert reader.execute(uploads.select()).all() == before
    assert ledger.census.take().seen == 2
