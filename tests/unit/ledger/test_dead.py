"""Dead letters: listed, shown, and tried anew with the reason kept on record."""

import pytest

from bot.errors import NetworkFault
from bot.ledger import Ledger, dead
from model.errors import Undecodable, WorkerDied
from support.ledgers import Child, claim, claim_one, fill, finish, rows, states


@pytest.fixture
def graveyard(ledger: Ledger) -> Ledger:
    """A ledger where 1 and 2 are undecodable, 3 was never reached and 4 is scored."""
    fill(ledger, [1, 2, 3, 4])
    for job in claim(ledger):
        if job.log_id == 4:
            finish(ledger, job)
        else:
            ledger.queue.bury(job, NetworkFault("reset") if job.log_id == 3 else Undecodable("bad"))
    return ledger


def test_dead_letters_are_listed_newest_first(graveyard: Ledger) -> None:
    assert [letter.log_id for letter in graveyard.dead.list(limit=9)] == [3, 2, 1]
    assert [letter.log_id for letter in graveyard.dead.list(limit=1)] == [3]


def test_a_dead_letter_says_what_it_died_of(graveyard: Ledger) -> None:
    letter = graveyard.dead.show(2)
    assert letter
    assert (letter.title, letter.error, letter.detail) == ("File:2.jpg", "Undecodable", "bad")
    assert (letter.attempts, letter.crashes) == (1, 0)


def test_what_is_not_dead_is_not_shown(graveyard: Ledger) -> None:
    assert graveyard.dead.show(4) is None
    assert graveyard.dead.show(99) is None


def test_a_requeued_upload_begins_anew(graveyard: Ledger) -> None:
    assert graveyard.dead.requeue([2]) == {2}
    assert states(graveyard) == {"waiting": 1, "dead": 2, "scored": 1}
    assert (claim_one(graveyard).attempt, states(graveyard)["leased"]) == (1, 1)


def test_requeueing_is_recorded_with_what_it_had_died_of(graveyard: Ledger, place: str) -> None:
    graveyard.dead.requeue([2])
    assert rows(place, "SELECT log_id, error, attempts FROM requeues") == [(2, "Undecodable", 1)]


def test_only_the_dead_are_requeued_and_once(graveyard: Ledger, place: str) -> None:
    assert graveyard.dead.requeue([1, 1, 4, 99]) == {1}
    assert graveyard.dead.requeue([1, 4]) == set()
    assert graveyard.dead.requeue([]) == set()
    assert rows(place, "SELECT count(*) FROM requeues") == [(1,)]


def test_all_of_one_error_are_requeued(graveyard: Ledger) -> None:
    assert graveyard.dead.requeue_all("Undecodable") == 2
    assert graveyard.census.take().dead == {"NetworkFault": 1}


def test_all_are_requeued_in_batches(
    graveyard: Ledger, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(dead, "AT_ONCE", 2)
    assert graveyard.dead.requeue_all() == 3
    assert graveyard.dead.requeue_all() == 0
    assert rows(place, "SELECT count(*) FROM requeues") == [(3,)]


@pytest.mark.parametrize("moment", ["INSERT INTO requeues", "UPDATE uploads", "COMMIT"])
def test_killed_before_the_commit_it_is_neither_requeued_nor_recorded(
    graveyard: Ledger, child: Child, moment: str, place: str
) -> None:
    assert child("requeue", moment).wait() == -9
    assert states(graveyard) == {"dead": 3, "scored": 1}
    assert rows(place, "SELECT count(*) FROM requeues") == [(0,)]


def test_the_deaths_of_isolated_processes_are_counted_apart(ledger: Ledger) -> None:
    fill(ledger, [1])
    for error in (NetworkFault(""), WorkerDied(""), NetworkFault(""), WorkerDied("")):
        ledger.queue.postpone(claim_one(ledger), error, pause_s=0)
    job = claim_one(ledger)
    assert (job.attempt, job.crashes) == (5, 2)
    ledger.queue.bury(job, WorkerDied(""))
    ledger.dead.requeue([1])
    assert claim_one(ledger).crashes == 0
