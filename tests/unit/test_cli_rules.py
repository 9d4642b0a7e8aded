"""`lookout rules`: other rules on stored scores, as an admin sees it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli import main
from bot.demo.commons import MiniCommons
from bot.settings.conditions import Conditions
from bot.settings.rules import Rule, Thresholds
from support.bench import Bench, dull, picture, striking
from support.reviews import decide, review

DRAWN: dict[str, Any] = {"name": "drawn", "labels": ["drawing"], "at_least": {"image": 0.5}}
Command = Callable[..., str]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A ledger with two files suggested, by Ann and by a bot, and one cleared."""
    with MiniCommons() as mini, Bench(tmp_path, mini) as bench:
        mini.wiki.register("Ann", edits=3, days=1)
        mini.wiki.register("Machine", edits=9_000, days=900, groups=("bot",))
        asks = Conditions.of(uploader={"edits": {"below": 10_000}})
        rule = Rule(name="drawn", labels=("drawing",), at_least=Thresholds(image=0.5), when=asks)
        settings = bench.settings.model_copy(update={"rules": (rule,)})
        for user, colour in (("Ann", "red"), ("Machine", "blue")):
            bench.engine.deed = striking
            content = picture(colour)
            bench.announce(mini.wiki.upload(f"File:{user}.png", content, user=user, comment=""))
            bench.turns(settings)
        bench.engine.deed = dull
        bench.upload("Dull.png")
        bench.turns(settings)
        yield bench


@pytest.fixture
def lookout(bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Return a function that runs `lookout rules` with some rules, and returns what it printed."""
    config = tmp_path / "changed.yaml"

    def run(rules: list[dict[str, Any]], *arguments: str, code: int = 0) -> str:
        address = f"sqlite:///{bench.database}"
        config.write_text(yaml.safe_dump({"rules": rules, "ledger": {"url": address}}))
        assert main(["rules", *arguments, "--config", str(config)]) == code
        shown = capsys.readouterr()
        return shown.out if code == 0 else shown.err

    return run


SPARE_BOTS = {
    "name": "bots",
    "actions": ["ignore"],
    "when": {"uploader": {"groups": ["bot"]}},
}


def test_old_verdicts_stand_against_new_ones_with_the_files_that_change(lookout: Command) -> None:
    shown = lookout([SPARE_BOTS, DRAWN], "test", "--since", "1 day ago").splitlines()
    assert [line.split() for line in shown[:4]] == [
        ["old", "\\", "new", "review", "ignored", "cleared"],
        ["review", "1", "1", "0"],
        ["ignored", "0", "0", "0"],
        ["cleared", "0", "0", "1"],
    ]
    assert "1 of 3 files change" in shown
    assert "review → ignored  File:Machine.png  bots" in shown


def test_the_same_rules_change_nothing(lookout: Command) -> None:
    assert "0 of 3 files change" in lookout([DRAWN], "test", "--since", "1 day ago")


def test_what_people_marked_fine_stays_so(bench: Bench, lookout: Command) -> None:
    (key,) = (row["log_id"] for row in bench.sql("SELECT * FROM uploads WHERE user = 'Ann'"))
    decide(bench.ledger, review(key, "ok"))
    bench.engine.deed = striking
    bench.upload("Again.png", picture("red"))
    bench.turns()
    assert "0 of 4 files change" in lookout([DRAWN], "test", "--since", "1 day ago")


def test_one_file_can_be_tried_and_a_program_can_read_it(lookout: Command) -> None:
    strict = {**DRAWN, "labels": ["neutral"], "tier": "high"}
    shown = json.loads(lookout([strict], "test", "--file", "Ann.png", "--json"))
    assert shown["counts"] == [{"old": "review", "new": "cleared", "files": 1}]
    (changed,) = shown["changed"]
    assert (changed["title"], changed["new"]) == ("File:Ann.png", "cleared")


def test_what_nobody_asked_then_is_counted_with_its_condition(lookout: Command) -> None:
    page = {**DRAWN, "when": {"page": {"categories": ["Art"]}}}
    shown = lookout([page], "test", "--since", "1 day ago")
    assert "0 of 3 files change" in shown
    assert "page.categories was not asked then: 2 depend on it" in shown


def test_an_explanation_names_every_condition_and_what_was_found(lookout: Command) -> None:
    shown = lookout([SPARE_BOTS, DRAWN], "explain", "file:ann.png".replace("file:a", "A"))
    assert "on record    review by drawn" in shown
    assert "these rules  review" in shown
    assert "1. bots (ignore): does not apply" in shown
    line = next(line for line in shown.splitlines() if "uploader.groups" in line)
    assert line.split() == ["no", "uploader.groups", "any", "of", "bot;", "found:", "autoconfirmed"]
    assert "2. drawn (log): applies" in shown
    assert "at least 0.5; found: 1.0000" in shown


def test_an_explanation_says_when_the_verdict_cannot_be_told(lookout: Command) -> None:
    art = {"name": "art", "actions": ["ignore"], "when": {"page": {"categories": ["Art"]}}}
    shown = lookout([art, DRAWN], "explain", "Ann.png")
    assert "these rules  depends" in shown
    assert "1. art (ignore): cannot be told" in shown


def test_a_file_the_ledger_does_not_know_is_said_so(lookout: Command) -> None:
    words = lookout([DRAWN], "explain", "Nowhere.png", code=1)
    assert "no verdict on File:Nowhere.png" in words
    assert "no verdict on such a file" in lookout([DRAWN], "test", "--file", "X", code=1)


def test_a_label_without_stored_scores_is_refused(lookout: Command) -> None:
    words = lookout([{**DRAWN, "labels": ["ink"]}], "test", "--since", "1 day ago", code=1)
    assert "rules name the labels ink, but the stored scores are of drawing, neutral" in words
