"""What people decided before, and the lot, in the scoring of new uploads."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import Settings
from bot.demo.commons import LogEntry, MiniCommons
from bot.engine import Seen
from bot.publish.entry import call_of
from bot.rules import View
from support.bench import STRIKING, Bench, picture, striking
from support.reviews import decide, review

MARK, NEAR, FAR = "b15fe6465121175e", "b15fe6465121175d", "0123456789abcdef"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with MiniCommons() as mini, Bench(tmp_path, mini) as made:
        yield made


def upload(bench: Bench, name: str, mark: str, colour: str) -> LogEntry:
    """Upload and score one striking picture with a fingerprint."""
    bench.engine.deed = lambda *_: Seen((View(STRIKING, "", mark),), partial=False)
    entry = bench.upload(name, picture(colour))
    bench.turn()
    return entry


def entries(bench: Bench) -> dict[str, str]:
    """Return the note of each entry that waits to be published, by title."""
    calls = (call_of(effect.entry) for effect in bench.ledger.outbox.pending(limit=10))
    return {call.file: call.note for call in calls}


def asking_about_all(bench: Bench) -> Settings:
    """Return settings under which people are asked about every file."""
    reviews = bench.settings.reviews.model_copy(update={"audit_rate": 1.0})
    return bench.settings.model_copy(update={"reviews": reviews})


def test_a_file_marked_fine_is_not_suggested_again(bench: Bench) -> None:
    first = upload(bench, "First.png", MARK, "red")
    decide(bench.ledger, review(first.log_id, "false positive"))
    again = upload(bench, "Again.png", MARK, "red")
    assert bench.row(again)["verdict"] == "marked-fine"
    assert set(entries(bench)) == {"File:First.png"}
    assert bench.ledger.census.take().verdicts == {"review": 1, "marked-fine": 1}


def test_a_near_duplicate_is_suggested_and_says_so(bench: Bench) -> None:
    first = upload(bench, "First.png", MARK, "red")
    decide(bench.ledger, review(first.log_id, "ok"))
    upload(bench, "Near.png", NEAR, "green")
    upload(bench, "Far.png", FAR, "blue")
    notes = entries(bench)
    assert "flagged though like File:First.png that was marked fine" in notes["File:Near.png"]
    assert "marked fine" not in notes["File:Far.png"]


def test_what_was_not_marked_fine_is_suggested_again(bench: Bench) -> None:
    first = upload(bench, "First.png", MARK, "red")
    decide(bench.ledger, review(first.log_id, "scope"))
    upload(bench, "Again.png", MARK, "red")
    assert entries(bench).keys() == {"File:First.png", "File:Again.png"}


def test_the_lot_asks_about_files_that_no_rule_suggests_and_tells_no_score(bench: Bench) -> None:
    bench.upload("Dull.png", picture("grey"))
    bench.turn(asking_about_all(bench))
    (effect,) = bench.ledger.outbox.pending(limit=10)
    call = call_of(effect.entry)
    assert effect.kind == "audit"
    assert effect.page.startswith("User:CommonsLookoutBot/Audit/")
    assert (call.rule, call.note, call.labels, call.score) == ("audit", "drawn by lot", "", "0.00")


def test_the_lot_does_not_ask_about_what_is_suggested_anyway(bench: Bench) -> None:
    bench.engine.deed = striking
    bench.upload("Striking.png")
    bench.turn(asking_about_all(bench))
    assert [effect.kind for effect in bench.ledger.outbox.pending(limit=10)] == ["log-page"]
