"""What the API tells of suggestions and files, the same from both databases."""

import pytest

from bot.ledger import Ledger, Wanted
from support.ledgers import MODEL
from support.reviews import decide, review, suggest


@pytest.fixture
def suggested(ledger: Ledger) -> Ledger:
    """Seven suggestions, one of them decided, and a file drawn by lot, which is none."""
    for log_id in range(1, 5):
        suggest(ledger, log_id, tier="medium")
    suggest(ledger, 5, tier="high", rule="drawn", confidence=0.95)
    suggest(ledger, 6, medium="video", place="0:12", tier="low")
    suggest(ledger, 7, title="File:Ünusual & <name>.jpg", tier='"low"')
    suggest(ledger, 8, kind="audit")
    decide(ledger, review(3, "ok"), review(4, "ok", reference=2, set_aside="bot"))
    return ledger


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), [7, 6, 5, 4, 3, 2, 1]),
        (Wanted(tier="high"), [5]),
        (Wanted(tier="low"), [6]),
        (Wanted(tier="l_w"), []),
        (Wanted(rule="drawn"), [5]),
        (Wanted(rule="DRAWN"), []),
        (Wanted(medium="video"), [6]),
        (Wanted(decided=True), [3]),
        (Wanted(decided=False, medium="image"), [7, 5, 4, 2, 1]),
        (Wanted(since=1e11), []),
        (Wanted(until=1e11, tier="medium"), [4, 3, 2, 1]),
        (Wanted(until=1.0), []),
    ],
)
def test_every_filter(suggested: Ledger, wanted: Wanted, found: list[int]) -> None:
    assert [flag.log_id for flag in suggested.flags.page(wanted, limit=99)] == found


def test_page_by_page_nothing_is_left_out_or_doubled(suggested: Ledger) -> None:
    seen, below = [], None
    while page := suggested.flags.page(Wanted(), limit=3, below=below):
        seen += [flag.log_id for flag in page]
        below = page[-1].id
    assert seen == [7, 6, 5, 4, 3, 2, 1]


def test_a_flag_has_all_that_was_written(suggested: Ledger) -> None:
    (flag,) = suggested.flags.page(Wanted(rule="drawn"), limit=1)
    assert (flag.title, flag.model, flag.medium) == ("File:5.jpg", MODEL, "image")
    assert (flag.decided, flag.sent_at) == (False, None)
    assert (flag.entry["confidence"], flag.entry["scores"]) == (0.95, {"porn": 0.9, "neutral": 0.1})
    assert suggested.flags.page(Wanted(), limit=1)[0].title == "File:Ünusual & <name>.jpg"


def test_a_decision_given_here_and_undone_moves_the_flag_there_and_back(suggested: Ledger) -> None:
    given = suggested.desk.decide(log_id=1, outcome="scope", reviewer="Ann")
    assert [flag.log_id for flag in suggested.flags.page(Wanted(decided=True), limit=9)] == [3, 1]
    suggested.desk.undo(given)
    assert [flag.log_id for flag in suggested.flags.page(Wanted(decided=True), limit=9)] == [3]


def test_a_file_is_found_by_its_very_title(suggested: Ledger) -> None:
    (upload,) = suggested.lookup.uploads("File:Ünusual & <name>.jpg")
    assert (upload.log_id, upload.state, upload.verdict) == (7, "scored", "review")
    for other in ("File:ünusual & <name>.jpg", "File:Unusual & <name>.jpg", "File:1.jpg "):
        assert suggested.lookup.uploads(other) == []


def test_verdicts_come_with_the_scores_they_rest_on(suggested: Ledger) -> None:
    (verdict,) = suggested.lookup.verdicts([6])
    assert (verdict.verdict, verdict.model, verdict.medium) == ("review", MODEL, "video")
    assert verdict.views[0]["scores"] == {"porn": 0.9, "neutral": 0.1}
    assert not verdict.partial
    assert suggested.lookup.verdicts([]) == []
