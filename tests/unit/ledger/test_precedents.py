"""Verdicts with what they rested on, for trying other rules."""

from datetime import UTC, datetime
from itertools import islice

import pytest

from bot.ledger import Decision, Ledger, precedents
from support.ledgers import claim, claim_one, fill, scored

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FACTS = {"medium": "image", "mime": "image/png", "uploader": {"groups": ["bot"], "edits": 3}}


def test_a_precedent_is_the_last_verdict_with_scores_and_facts(ledger: Ledger) -> None:
    fill(ledger, [1])
    job = claim_one(ledger)
    decision = Decision("review", "explicit", 0.91, facts=FACTS)
    ledger.queue.finish(job, decision=decision, scored=scored(job), intents=[])
    (found,) = ledger.precedents.since(LONG_AGO)
    assert (found.log_id, found.title, found.user) == (1, job.title, job.user)
    assert (found.verdict, found.rule, found.confidence) == ("review", "explicit", 0.91)
    assert found.facts == FACTS
    assert found.views == list(scored(job).views)
    assert found.uploaded_at == job.uploaded_at
    assert list(ledger.precedents.since(datetime(2100, 1, 1, tzinfo=UTC))) == []


def test_all_are_found_however_many_there_are(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precedents, "ROWS_AT_ONCE", 2)
    fill(ledger, range(1, 6))
    for job in claim(ledger):
        ledger.queue.finish(job, decision=Decision("cleared"), scored=scored(job), intents=[])
    assert len({one.log_id for one in ledger.precedents.since(LONG_AGO)}) == 5
    assert len(list(islice(ledger.precedents.since(LONG_AGO), 3))) == 3


def test_files_are_found_by_title(ledger: Ledger) -> None:
    fill(ledger, [1, 2, 3])
    jobs = claim(ledger)
    for job in jobs:
        ledger.queue.finish(job, decision=Decision("cleared"), scored=scored(job), intents=[])
    titles = {jobs[0].title, "File:Never seen.png"}
    assert [one.title for one in ledger.precedents.of(sorted(titles))] == [jobs[0].title]
