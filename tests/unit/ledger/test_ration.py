"""What exceeds a day's quota is held and none of it lost, over midnight and over restarts."""

import logging

import pytest

from bot.ledger import Decision, Intent, Ledger, RationedOutbox, Spent
from bot.ledger.days import DAY_S
from bot.ledger.schema import edits, outbox
from support.ledgers import claim_one, fill, scored

MONDAY, TUESDAY = "User:Bot/Log/2026-11-23", "User:Bot/Log/2026-11-24"
MANY = 100
LOG, CATEGORY = "log-page", "category"


def flag(
    ledger: Ledger,
    log_id: int,
    *,
    weight: float = 0.5,
    page: str = MONDAY,
    kinds: tuple[str, ...] = (LOG,),
) -> None:
    """Put an upload up for review."""
    fill(ledger, [log_id])
    job = claim_one(ledger)
    entry = {"key": log_id}
    intents = [Intent(kind=kind, page=page, entry=entry, weight=weight) for kind in kinds]
    ledger.queue.finish(job, decision=Decision("review"), scored=scored(job), intents=intents)


def rationed(ledger: Ledger, *, edits: int = MANY, flags: int = MANY) -> RationedOutbox:
    return ledger.rationed(edits_per_day=edits, flags_per_day=flags)


def send(outbox: RationedOutbox) -> list[int]:
    """Send what may go out, an edit a page; return the uploads."""
    effects = outbox.pending(limit=MANY)
    for page in {effect.page for effect in effects}:
        group = [effect for effect in effects if effect.page == page]
        outbox.mark_sent(group, "live", page=page, revision=7)
    return [effect.log_id for effect in effects]


def midnight_passes(ledger: Ledger) -> None:
    """Have everything that went out gone out a day earlier."""
    with ledger._engine.begin() as connection:
        connection.execute(outbox.update().values(sent_at=outbox.c.sent_at - DAY_S))
        connection.execute(edits.update().values(edited_at=edits.c.edited_at - DAY_S))


def test_within_the_quota_everything_goes_out_in_the_order_decided(ledger: Ledger) -> None:
    for log_id in (3, 1, 2):
        flag(ledger, log_id, weight=log_id / 10)
    assert send(rationed(ledger)) == [3, 1, 2]
    assert ledger.ration.spent() == Spent(edits=1, flags=3, held=0)


def test_what_exceeds_the_flags_is_held_and_what_weighs_most_goes_out(ledger: Ledger) -> None:
    for log_id, weight in ((1, 0.8), (2, 2.9), (3, 0.7), (4, 1.9)):
        flag(ledger, log_id, weight=weight)
    sender = rationed(ledger, flags=2)
    assert send(sender) == [2, 4]
    assert send(sender) == []
    assert ledger.ration.spent() == Spent(edits=1, flags=2, held=2)
    assert ledger.census.take().unpublished == 2


def test_after_midnight_what_is_held_goes_out_what_weighs_most_first(ledger: Ledger) -> None:
    for log_id in range(1, 6):
        flag(ledger, log_id, weight=log_id / 10)
    sender = rationed(ledger, flags=2)
    assert send(sender) == [4, 5]
    midnight_passes(ledger)
    assert send(sender) == [2, 3]
    flag(ledger, 6, weight=0.9)
    assert send(sender) == []
    midnight_passes(ledger)
    assert send(sender) == [1, 6]
    assert ledger.ration.spent() == Spent(edits=1, flags=2, held=0)


def test_a_restart_forgets_neither_what_went_out_nor_what_is_held(
    ledger: Ledger, place: str
) -> None:
    for log_id in range(1, 5):
        flag(ledger, log_id)
    assert len(send(rationed(ledger, flags=3))) == 3
    ledger.close()
    with Ledger(place) as again:
        assert send(rationed(again, flags=3)) == []
        assert again.ration.spent() == Spent(edits=1, flags=3, held=1)
        assert len(send(rationed(again, flags=4))) == 1


def test_no_more_pages_than_edits_are_left(ledger: Ledger) -> None:
    flag(ledger, 1, page=MONDAY)
    flag(ledger, 2, page=TUESDAY)
    sender = rationed(ledger, edits=1)
    assert send(sender) == [1]
    assert send(sender) == []
    assert ledger.ration.spent().edits == 1
    midnight_passes(ledger)
    assert send(sender) == [2]


def test_the_effects_of_one_upload_are_one_flag_even_over_midnight(ledger: Ledger) -> None:
    flag(ledger, 1, kinds=(LOG, CATEGORY))
    flag(ledger, 2, kinds=(LOG, CATEGORY))
    sender = rationed(ledger, flags=1)
    effects = sender.pending(limit=MANY)
    assert [(effect.log_id, effect.kind) for effect in effects] == [(2, LOG), (2, CATEGORY)]
    sender.mark_sent(effects[:1], "live", page=MONDAY, revision=7)
    assert [effect.kind for effect in sender.pending(limit=MANY)] == [CATEGORY]
    midnight_passes(ledger)
    assert ledger.ration.spent().flags == 0
    assert send(sender) == [1, 1, 2]
    assert ledger.ration.spent().flags == 1


def test_a_quota_of_nothing_lets_nothing_out(ledger: Ledger) -> None:
    flag(ledger, 1)
    assert send(rationed(ledger, flags=0)) == []
    assert send(rationed(ledger, edits=0)) == []
    assert send(rationed(ledger)) == [1]


def test_what_was_decided_after_the_weighing_waits_for_the_next(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag(ledger, 1)
    sender = rationed(ledger, flags=1)
    weigh = sender._weigh

    def weigh_too_early() -> int:
        left = weigh()
        flag(ledger, 2, weight=0.9)
        return left

    monkeypatch.setattr(sender, "_weigh", weigh_too_early)
    assert send(sender) == [1]
    monkeypatch.undo()
    assert send(sender) == []


def test_holding_is_said_once_and_its_end_once(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    flag(ledger, 1)
    flag(ledger, 2)
    sender = rationed(ledger, flags=1)
    for _ in range(3):
        send(sender)
    assert caplog.text.count("publish.held") == 1
    midnight_passes(ledger)
    for _ in range(3):
        send(sender)
    assert caplog.text.count("publish.held") == caplog.text.count("publish.let-go") == 1
