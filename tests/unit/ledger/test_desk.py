"""Decisions that are given here: each once, undone by whoever gave them, and all acts on record."""

from concurrent.futures import ThreadPoolExecutor

from bot.ledger import Ledger
from bot.review.consensus import settle
from bot.review.fine import FineFiles
from bot.review.outcomes import Answer
from bot.settings.reviewing import ReviewSettings
from bot.statistics.recent import recent
from support.reviews import decide, review, suggest

EVERYTHING = (0.0, 1e11)


def acts(ledger: Ledger) -> list[tuple[str, str, int]]:
    found = ledger.history.acts(*EVERYTHING, limit=99)
    return [(act.actor, act.act, act.review_id) for act in found]


def test_a_decision_stands_among_those_of_the_wiki(ledger: Ledger) -> None:
    suggest(ledger, 1)
    given = ledger.desk.decide(log_id=1, outcome="ok", reviewer="Ann")
    assert given.new
    (stored,) = ledger.reviews.of([1])
    assert (stored.source, stored.outcome, stored.reviewer) == ("dashboard", "ok", "Ann")
    assert stored.counts
    assert ledger.census.take().reviews == {"ok": 1}
    assert acts(ledger) == [("Ann", "decided", given.id)]


def test_the_same_again_is_the_same_decision(ledger: Ledger) -> None:
    suggest(ledger, 1)
    first = ledger.desk.decide(log_id=1, outcome="ok", reviewer="Ann")
    again = ledger.desk.decide(log_id=1, outcome="ok", reviewer="Ann")
    assert (again.id, again.new) == (first.id, False)
    assert len(ledger.reviews.all()) == len(acts(ledger)) == 1


def test_many_clicks_at_once_of_several_people_are_one_decision_each(place: str) -> None:
    people = ("Ann", "Bob", "Cid", "Dee")
    with Ledger(place) as ledger, Ledger(place) as other:
        suggest(ledger, 1)

        def click(number: int) -> int:
            desk = (ledger if number % 2 else other).desk
            return desk.decide(log_id=1, outcome="ok", reviewer=people[number % 4]).id

        with ThreadPoolExecutor(8) as clicks:
            keys = list(clicks.map(click, range(32)))
        assert len(set(keys)) == len(people)
        assert sorted(one.reviewer for one in ledger.reviews.of([1])) == list(people)
        assert len({one.reference for one in ledger.reviews.of([1])}) == len(people)


def test_another_word_of_the_same_person_counts_instead(ledger: Ledger) -> None:
    suggest(ledger, 1)
    ledger.desk.decide(log_id=1, outcome="ok", reviewer="Ann")
    changed = ledger.desk.decide(log_id=1, outcome="scope", reviewer="Ann")
    assert settle(ledger.reviews.of([1]), ReviewSettings()).answer is Answer.HIT
    assert ledger.desk.undo(changed)
    assert settle(ledger.reviews.of([1]), ReviewSettings()).answer is Answer.MISS


def test_an_undone_decision_does_not_count_and_can_be_made_again(ledger: Ledger) -> None:
    suggest(ledger, 1)
    given = ledger.desk.decide(log_id=1, outcome="ok", reviewer="Ann")
    before = ledger.reviews.version()
    assert ledger.desk.undo(given)
    assert not ledger.desk.undo(given)
    assert ledger.reviews.version() != before
    assert [one.counts for one in ledger.reviews.of([1])] == [False]
    assert (found := ledger.desk.get(given.id))
    assert found.withdrawn
    again = ledger.desk.decide(log_id=1, outcome="ok", reviewer="Ann")
    assert again.new
    assert [act for _, act, _ in acts(ledger)] == ["decided", "undone", "decided"]


def test_decisions_of_the_wiki_are_none_of_the_desks(ledger: Ledger) -> None:
    suggest(ledger, 1)
    decide(ledger, review(1, "ok", reviewer="Ann"))
    assert ledger.desk.get(1) is None
    assert ledger.desk.decide(log_id=1, outcome="ok", reviewer="Ann").new


def test_they_agree_with_words_on_the_wiki(ledger: Ledger) -> None:
    suggest(ledger, 1)
    both = ReviewSettings(consensus="agreeing", agreeing=2)
    decide(ledger, review(1, "scope", reviewer="Bob"))
    assert settle(ledger.reviews.of([1]), both).answer is None
    ledger.desk.decide(log_id=1, outcome="scope", reviewer="Ann")
    assert settle(ledger.reviews.of([1]), both).answer is Answer.HIT


def test_what_was_marked_fine_here_is_not_suggested_again(ledger: Ledger) -> None:
    suggest(ledger, 1, sha1="a" * 40)
    fine, settings = FineFiles(ledger), ReviewSettings()
    assert fine.same("a" * 40, settings) is None
    given = ledger.desk.decide(log_id=1, outcome="ok", reviewer="Ann")
    assert fine.same("a" * 40, settings) == "File:1.jpg"
    ledger.desk.undo(given)
    assert fine.same("a" * 40, settings) is None


def test_the_figures_count_them(ledger: Ledger) -> None:
    for log_id, outcome in ((1, "ok"), (2, "scope"), (3, "unsure")):
        suggest(ledger, log_id)
        ledger.desk.decide(log_id=log_id, outcome=outcome, reviewer="Ann")
    report = recent(ledger, ReviewSettings(), days=1)
    assert report.outcomes == {"ok": 1, "scope": 1, "unsure": 1}
    assert report.latency.reviewed == 3


def test_what_is_decided_here_is_not_suggested_on_the_wiki_unless_that_is_undone(
    ledger: Ledger,
) -> None:
    for log_id in (1, 2, 3):
        suggest(ledger, log_id)
    ledger.desk.decide(log_id=1, outcome="unsure", reviewer="Ann")
    given = ledger.desk.decide(log_id=2, outcome="scope", reviewer="Ann")
    rationed = ledger.rationed(edits_per_day=9, flags_per_day=2)
    for outbox in (ledger.outbox, rationed):
        assert [effect.log_id for effect in outbox.pending(limit=9)] == [1, 3]
    assert ledger.census.take().unpublished == 2
    ledger.desk.undo(given)
    assert ledger.census.take().unpublished == 3
    assert [effect.log_id for effect in ledger.outbox.pending(limit=9)] == [1, 2, 3]
    assert len(rationed.pending(limit=9)) == 2
