"""Files that were given another title before they were looked at."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.demo.commons import LogEntry, MiniCommons
from bot.engine import Seen
from support.bench import Bench, picture, striking


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with MiniCommons() as mini, Bench(tmp_path, mini) as made:
        made.engine.deed = striking
        yield made


def move(bench: Bench, title: str, target: str) -> None:
    """Move a file and leave no redirect behind."""
    bench.wiki.move(f"File:{title}", f"File:{target}", user="Admin", comment="", redirect=False)


def ends(bench: Bench, entry: LogEntry) -> tuple[str, str]:
    row = bench.row(entry)
    return row["state"], row["verdict"] or row["reason"]


def titles(bench: Bench) -> list[str]:
    """Return the titles of what would be put on the page."""
    return [effect.entry["title"] for effect in bench.ledger.outbox.pending(limit=10)]


def test_a_file_moved_without_a_redirect_is_followed(bench: Bench) -> None:
    entry = bench.upload("Old.png")
    move(bench, "Old.png", "New.png")
    bench.turn()
    assert ends(bench, entry) == ("scored", "review")
    assert titles(bench) == ["File:New.png"]


def test_a_file_moved_twice_is_followed_to_its_last_title(bench: Bench) -> None:
    entry = bench.upload("A.png")
    move(bench, "A.png", "B.png")
    move(bench, "B.png", "C.png")
    bench.turn()
    assert ends(bench, entry) == ("scored", "review")
    assert titles(bench) == ["File:C.png"]


def test_a_file_moved_for_ever_is_followed_only_so_far(bench: Bench) -> None:
    entry = bench.upload("0.png")
    for n in range(6):
        move(bench, f"{n}.png", f"{n + 1}.png")
    bench.turn()
    assert ends(bench, entry) == ("skipped", "gone")


def test_a_file_moved_and_then_deleted_is_gone(bench: Bench) -> None:
    entry = bench.upload("A.png")
    move(bench, "A.png", "B.png")
    bench.wiki.delete("File:B.png", user="Admin", comment="")
    bench.turn()
    assert ends(bench, entry) == ("skipped", "gone")


def test_a_file_whose_title_was_given_to_another_is_not_mistaken_for_it(bench: Bench) -> None:
    first = bench.upload("A.png", picture("red"))
    move(bench, "A.png", "B.png")
    second = bench.upload("A.png", picture("blue"))
    bench.turns()
    assert ends(bench, first) == ends(bench, second) == ("scored", "review")
    assert sorted(titles(bench)) == ["File:A.png", "File:B.png"]


def test_an_earlier_move_of_the_same_title_is_not_followed(bench: Bench) -> None:
    bench.wiki.upload("File:A.png", picture("red"), user="Alice", comment="")
    move(bench, "A.png", "B.png")
    entry = bench.upload("A.png", picture("red"))
    bench.wiki.delete("File:A.png", user="Admin", comment="")
    bench.turn()
    assert ends(bench, entry) == ("skipped", "gone")


def test_a_moved_file_that_was_overwritten_since_is_superseded(bench: Bench) -> None:
    first = bench.upload("A.png", picture("red"))
    move(bench, "A.png", "B.png")
    second = bench.upload("B.png", picture("blue"))
    bench.turns()
    assert ends(bench, first)[0] == "skipped"
    assert ends(bench, second) == ("scored", "review")


def test_a_file_moved_while_it_is_looked_at_is_looked_up_again(bench: Bench) -> None:
    def deed(*_: object) -> Seen:
        if bench.wiki.versions("File:A.png"):
            move(bench, "A.png", "B.png")
        return striking()

    bench.engine.deed = deed
    entry = bench.upload("A.png")
    bench.turns()
    assert ends(bench, entry) == ("scored", "review")
    assert titles(bench) == ["File:B.png"]


def test_a_move_whose_target_is_hidden_leaves_the_file_gone(bench: Bench) -> None:
    entry = bench.upload("A.png")
    move(bench, "A.png", "B.png")
    bench.wiki.hide(bench.wiki.log[-1].log_id, "action")
    bench.turn()
    assert ends(bench, entry) == ("skipped", "gone")
