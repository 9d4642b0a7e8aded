"""Jobs of different claims, given in one call: each acts on its own lease only."""

from bot.ledger import Job, Ledger
from support.ledgers import EXPIRED_S, LEASE_S, claim, fill, states


def lost_and_held(ledger: Ledger, lease_s: float) -> tuple[Job, Job, Job]:
    """Return a lost job of upload 2, and the jobs of one later claim of uploads 2 and 1."""
    fill(ledger, [2])
    (lost,) = claim(ledger, lease_s=EXPIRED_S)
    fill(ledger, [1])
    second, first = claim(ledger, lease_s=lease_s)
    assert (lost.log_id, second.log_id, first.log_id) == (2, 2, 1)
    return lost, second, first


def test_releasing_a_lost_job_with_a_held_one_takes_no_third_ones_lease(ledger: Ledger) -> None:
    lost, second, first = lost_and_held(ledger, LEASE_S)
    ledger.queue.release([lost, first])
    assert states(ledger) == {"leased": 1, "waiting": 1}
    assert ledger.queue.skip(second, "gone", "")


def test_renewing_a_lost_job_with_a_held_one_renews_no_third_ones_lease(ledger: Ledger) -> None:
    lost, _, first = lost_and_held(ledger, EXPIRED_S)
    ledger.queue.renew([lost, first], lease_s=LEASE_S)
    assert [job.log_id for job in claim(ledger)] == [2]
