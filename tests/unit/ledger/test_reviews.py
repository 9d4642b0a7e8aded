"""Decisions of people: each once, with the bookmark behind it, and withdrawn when taken back."""

import pytest

from bot.ledger import Bookmark, Findings, Ledger, Review, Withdrawal
from support.ledgers import MODEL, Child
from support.reviews import FINDINGS, PAGE, decide, review, suggest

BOOKMARK = Bookmark(source="page", place=PAGE, position=7)


def test_a_decision_comes_back_as_it_went_in(ledger: Ledger) -> None:
    suggest(ledger, 1)
    given = review(1, "deleted", source="deletion", reason="nudity out of scope", set_aside="bot")
    assert decide(ledger, given) == 1
    assert ledger.reviews.of([1]) == ledger.reviews.all() == [given]
    assert ledger.reviews.of([2]) == []


def test_the_same_revision_read_again_changes_nothing(ledger: Ledger) -> None:
    suggest(ledger, 1)
    suggest(ledger, 2)
    first = review(1, "ok", reference=5)
    assert decide(ledger, first, first) == 1
    assert decide(ledger, first, review(2, "ok", reference=5), review(1, "ok", source="kept")) == 2
    assert len(ledger.reviews.all()) == 2 + 1


def test_findings_and_their_bookmark_are_one(ledger: Ledger) -> None:
    suggest(ledger, 1)
    assert ledger.reviews.position("page", PAGE) is None
    ledger.reviews.record(Findings(bookmark=BOOKMARK, reviews=[review(1, "ok")]))
    assert ledger.reviews.position("page", PAGE) == 7
    older = Bookmark(source="page", place=PAGE, position=6)
    ledger.reviews.record(Findings(bookmark=older))
    assert ledger.reviews.position("page", PAGE) == 7
    assert ledger.reviews.position("deletion", PAGE) is None


@pytest.mark.parametrize("moment", ["INSERT INTO reviews", "INSERT INTO bookmarks", "COMMIT"])
def test_killed_before_the_commit_neither_is_there_and_both_come_when_read_again(
    ledger: Ledger, child: Child, moment: str
) -> None:
    suggest(ledger, 1)
    assert child("decide", moment).wait() == -9
    assert ledger.reviews.all() == []
    assert ledger.reviews.position("page", PAGE) is None
    assert ledger.reviews.record(FINDINGS) == 1
    assert ledger.reviews.position("page", PAGE) == 7


def test_killed_after_the_commit_the_same_is_read_again_to_no_effect(
    ledger: Ledger, child: Child
) -> None:
    suggest(ledger, 1)
    assert child("decide", "never").wait() == -9
    assert ledger.reviews.record(FINDINGS) == 0
    assert len(ledger.reviews.all()) == 1


def test_two_processes_that_read_the_same_place_store_it_once(ledger: Ledger, child: Child) -> None:
    suggest(ledger, 1)
    for process in [child("decide", "never") for _ in range(4)]:
        assert process.wait() == -9
    assert len(ledger.reviews.all()) == 1


def test_a_withdrawal_takes_back_what_stood_before_it_and_stays(ledger: Ledger) -> None:
    suggest(ledger, 1)
    early, late = review(1, "ok", reference=5), review(1, "scope", reference=9)
    other = review(1, "kept", source="kept", reference=2)
    taken_back = Findings(
        reviews=[early, late, other], withdrawals=[Withdrawal(log_id=1, source="page", reference=7)]
    )
    before = ledger.reviews.version()
    ledger.reviews.record(taken_back)
    after = ledger.reviews.version()
    assert ledger.reviews.record(taken_back) == 0
    assert before != after == ledger.reviews.version()
    standing = {(one.source, one.reference): one.counts for one in ledger.reviews.all()}
    assert standing == {("page", 5): False, ("page", 9): True, ("kept", 2): True}


def test_a_decision_set_aside_does_not_count() -> None:
    given: Review = review(1, "ok", set_aside="uploader")
    assert not given.counts


def test_the_census_counts_the_words_that_count(ledger: Ledger) -> None:
    suggest(ledger, 1)
    decide(ledger, review(1, "ok"), review(1, "scope", reference=2, set_aside="bot"))
    assert ledger.census.take().reviews == {"ok": 1}


def test_suggestions_tell_what_was_asked(ledger: Ledger) -> None:
    suggest(ledger, 1, medium="video", confidence=0.93)
    suggest(ledger, 2, kind="audit")
    first, second = ledger.suggestions.between(0, 1e11)
    assert (first.log_id, first.kind, first.medium, first.model) == (1, "log-page", "video", MODEL)
    assert (first.title, first.uploader, first.sent_at) == ("File:1.jpg", "Uploader", None)
    assert first.entry["confidence"] == 0.93
    assert second.kind == "audit"
    assert ledger.suggestions.of([2]) == ledger.suggestions.of_titles(["File:2.jpg"]) == [second]
    assert ledger.suggestions.between(0, first.suggested_at) == []


def test_only_pages_that_the_wiki_has_are_named(ledger: Ledger) -> None:
    suggest(ledger, 1)
    suggest(ledger, 2, page="User:RigBot/Log/2026-11-23")
    effects = ledger.outbox.pending(limit=9)
    ledger.outbox.mark_sent(effects[:1], "live", page=PAGE, revision=1)
    ledger.outbox.mark_sent(effects[1:], "dry-run", page=effects[1].page, revision=1)
    assert ledger.suggestions.pages(0) == [PAGE]
    assert ledger.suggestions.pages(1e11) == []


def test_volumes_count_every_upload_once(ledger: Ledger) -> None:
    suggest(ledger, 1)
    suggest(ledger, 2, kind="audit")
    volumes = ledger.suggestions.volumes(0, 1e11)
    assert (volumes.seen, volumes.scored, volumes.suggested, volumes.cleared) == (2, 2, 1, 1)


def test_fingerprints_are_those_of_the_contents(ledger: Ledger) -> None:
    suggest(ledger, 1, sha1="a" * 40, fingerprint="0" * 16)
    suggest(ledger, 2, sha1="b" * 40)
    assert ledger.suggestions.fingerprints([1, 2]) == {"a" * 40: ["0" * 16], "b" * 40: []}
