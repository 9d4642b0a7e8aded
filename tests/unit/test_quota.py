"""What is left of a day, and what goes out first when not everything may."""

from pathlib import Path

import pytest

from bot.ledger import Ledger
from bot.publish.quota import Quota, quota_of, rationed, weight_of
from bot.rules import Hit
from bot.settings.publishing import PublishSettings
from bot.settings.rules import Tier
from support.ledgers import address, claim_one, fill, finish


def hit(tier: Tier, confidence: float) -> Hit:
    return Hit(rule="r", actions=("log",), confidence=confidence, place="", tier=tier)


def test_a_higher_tier_goes_first_and_within_one_the_surer_suggestion() -> None:
    ordered = [hit("high", 0.5), hit("medium", 0.9), hit("medium", 0.6), hit("low", 0.99)]
    assert sorted(ordered, key=weight_of, reverse=True) == ordered


@pytest.mark.parametrize(("made", "left"), [(0, 3), (2, 1), (3, 0), (9, 0)])
def test_what_is_left_is_never_less_than_nothing(made: int, left: int) -> None:
    quota = Quota(edits_per_day=3, edits_made=made, flags_per_day=3, flags_sent=made, held=0)
    assert (quota.edits_left, quota.flags_left) == (left, left)


def test_the_settings_and_the_ledger_say_where_the_quota_stands(tmp_path: Path) -> None:
    settings = PublishSettings(edits_per_day=5, flags_per_day=1)
    with Ledger(address(tmp_path / "ledger.sqlite")) as ledger:
        for log_id in (1, 2):
            fill(ledger, [log_id])
            finish(ledger, claim_one(ledger), review=True)
        outbox = rationed(ledger, settings)
        outbox.mark_sent(outbox.pending(limit=9), "dry-run", page="User:Bot/Log", revision=7)
        quota = quota_of(ledger, settings)
    assert quota == Quota(edits_per_day=5, edits_made=1, flags_per_day=1, flags_sent=1, held=1)
    assert (quota.edits_left, quota.flags_left) == (4, 0)
