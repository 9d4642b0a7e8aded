"""The list that people work off, on both databases."""

import pytest

from bot.ledger import Decision, Findings, Intent, Item, Ledger, Place, Sought
from support.ledgers import claim, fill, scored
from support.reviews import review

LABELS = ("drawing", "neutral", "porn")
SCORES = {"porn": 0.9, "neutral": 0.1}


def suggest(ledger: Ledger, log_id: int, weight: float, **changes: object) -> None:
    """Suggest an upload by two effects, the first of which has the weight."""
    fill(ledger, [log_id])
    (job,) = claim(ledger)
    medium, kinds = changes.pop("medium", "image"), changes.pop("kinds", ("log-page", "tag"))
    entry = {"title": job.title, "tier": "medium", "scores": SCORES, **changes}
    assert isinstance(kinds, tuple)
    intents = [Intent(kind=kind, page="P", entry=entry, weight=weight) for kind in kinds]
    made = scored(job, medium=medium)
    ledger.queue.finish(job, decision=Decision("review"), scored=made, intents=intents)


def keys(items: list[Item]) -> list[int]:
    return [item.log_id for item in items]


@pytest.fixture
def suggested(ledger: Ledger) -> Ledger:
    """Five suggestions and a sample that is none; of the third somebody has said something."""
    suggest(ledger, 1, 1.5)
    suggest(ledger, 2, 2.9, tier="high")
    suggest(ledger, 3, 2.8, tier="high", medium="video")
    suggest(ledger, 4, 1.5, scores={"drawing": 0.7, "porn": 0.2, "neutral": 0.1})
    suggest(ledger, 5, 9.0, kinds=("audit",))
    suggest(ledger, 6, 0.4, tier="low")
    ledger.reviews.record(
        Findings(
            reviews=[
                review(3, "ok"),
                review(1, "ok", reference=2, set_aside="uploader"),
                review(2, "ok", reference=3, withdrawn=True),
            ]
        )
    )
    return ledger


def test_what_weighs_most_comes_first_and_each_once(suggested: Ledger) -> None:
    items = suggested.worklist.page(Sought(), limit=10)
    assert keys(items) == [2, 3, 4, 1, 6]
    assert [item.decided for item in items] == [False, True, False, False, False]
    assert items[0].entry["tier"] == "high"
    assert (items[0].title, items[0].user, items[1].medium) == ("File:2.jpg", "Uploader", "video")
    assert suggested.worklist.count(Sought()) == 5


def test_a_page_goes_on_where_the_one_before_ended(suggested: Ledger) -> None:
    seen: list[int] = []
    after: Place | None = None
    while page := suggested.worklist.page(Sought(), limit=2, after=after):
        seen += keys(page)
        after = page[-1].place
    assert seen == [2, 3, 4, 1, 6]


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        (Sought(tier="high"), [2, 3]),
        (Sought(medium="video"), [3]),
        (Sought(decided=False), [2, 4, 1, 6]),
        (Sought(decided=True), [3]),
        (Sought(label="drawing", labels=LABELS), [4]),
        (Sought(label="porn", labels=LABELS), [2, 3, 1, 6]),
        (Sought(label="neutral", labels=LABELS), []),
        (Sought(since=4e9), []),
        (Sought(since=1.0, tier="low"), [6]),
    ],
)
def test_the_list_is_narrowed(suggested: Ledger, sought: Sought, found: list[int]) -> None:
    assert keys(suggested.worklist.page(sought, limit=10)) == found
    assert suggested.worklist.count(sought) == len(found)


def test_the_last_decision_stands(suggested: Ledger) -> None:
    (item,) = suggested.worklist.page(Sought(tier="low"), limit=10)
    assert item.model == "model@1"
