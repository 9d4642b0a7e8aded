"""A file marked fine: the same content and near-duplicates are known again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ledger import Findings, Ledger, Withdrawal
from bot.review.fine import FineFiles, Like
from bot.settings.reviewing import ReviewSettings
from support.ledgers import address
from support.reviews import decide, review, suggest

SHA1 = "a" * 40
MARK = "b15fe6465121175e"
NEAR = "b15fe6465121175d"  # two bits
SETTINGS = ReviewSettings(near_duplicate_bits=2)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(address(tmp_path / "ledger.sqlite")) as opened:
        suggest(opened, 1, sha1=SHA1, fingerprint=MARK)
        yield opened


def test_nothing_is_fine_before_anybody_said_so(ledger: Ledger) -> None:
    fine = FineFiles(ledger)
    assert fine.same(SHA1, SETTINGS) is None
    assert fine.like([MARK], SETTINGS) is None


@pytest.mark.parametrize("outcome", ["ok", "false positive", "kept"])
def test_what_was_marked_fine_is_known_at_once(ledger: Ledger, outcome: str) -> None:
    fine = FineFiles(ledger)
    assert fine.same(SHA1, SETTINGS) is None
    decide(ledger, review(1, outcome))
    assert fine.same(SHA1, SETTINGS) == "File:1.jpg"
    assert fine.same("b" * 40, SETTINGS) is None


@pytest.mark.parametrize("outcome", ["scope", "deleted", "copyvio", "unsure"])
def test_nothing_else_makes_a_file_fine(ledger: Ledger, outcome: str) -> None:
    decide(ledger, review(1, outcome))
    assert FineFiles(ledger).same(SHA1, SETTINGS) is None


def test_a_near_duplicate_is_found_up_to_the_configured_distance(ledger: Ledger) -> None:
    decide(ledger, review(1, "ok"))
    fine = FineFiles(ledger)
    assert fine.like(["", NEAR], SETTINGS) == Like("File:1.jpg", 2)
    assert fine.like([NEAR], ReviewSettings(near_duplicate_bits=1)) is None
    assert fine.like([], SETTINGS) is None


def test_what_is_withdrawn_is_forgotten(ledger: Ledger) -> None:
    decide(ledger, review(1, "ok", reference=5))
    fine = FineFiles(ledger)
    assert fine.same(SHA1, SETTINGS)
    taken_back = Withdrawal(log_id=1, source="page", reference=6)
    ledger.reviews.record(Findings(withdrawals=[taken_back]))
    assert fine.same(SHA1, SETTINGS) is None


def test_what_another_rule_makes_of_it_counts(ledger: Ledger) -> None:
    decide(ledger, review(1, "ok"))
    fine = FineFiles(ledger)
    assert fine.same(SHA1, SETTINGS)
    assert fine.same(SHA1, ReviewSettings(consensus="agreeing", agreeing=2)) is None
