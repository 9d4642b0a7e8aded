"""When leases are renewed."""

import itertools
from pathlib import Path

from bot.ledger import Ledger
from bot.renewal import LeaseKeeper
from support.ledgers import EXPIRED_S, address, claim, fill, states


def test_leases_are_renewed_when_a_third_has_passed_and_not_before(tmp_path: Path) -> None:
    with Ledger(address(tmp_path / "ledger.sqlite")) as ledger:
        fill(ledger, [1])
        jobs = claim(ledger, lease_s=EXPIRED_S)
        seconds = itertools.chain([0.0, 39.0, 40.0])
        keeper = LeaseKeeper(ledger.queue, 120.0, clock=lambda: next(seconds))
        keeper.keep(jobs)
        again = claim(ledger, lease_s=EXPIRED_S)
        assert len(again) == 1
        keeper.keep(again)
        assert claim(ledger) == []
        assert states(ledger) == {"leased": 1}
