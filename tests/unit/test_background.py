"""Rules on uploader and page, through the scorer: asked only where it matters, all at once."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.config import Settings
from bot.demo.commons import MiniCommons
from bot.errors import ServerBusy
from bot.ledger import Findings, Review
from bot.settings.conditions import Conditions
from bot.settings.rules import Rule, Thresholds
from support.bench import Bench, dull, picture, striking

DRAWN: dict[str, Any] = {"labels": ("drawing",), "at_least": Thresholds(image=0.5)}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with MiniCommons() as mini, Bench(tmp_path, mini) as bench:
        bench.engine.deed = striking
        yield bench


def with_rules(bench: Bench, *rules: Rule) -> Settings:
    return bench.settings.model_copy(update={"rules": rules})


def when(**asked: Any) -> Conditions:
    return Conditions.of(**asked)


TRUSTED = Rule(name="trusted", when=when(uploader={"groups": ("bot",)}), actions=("ignore",))
NEW = Rule(name="new", when=when(uploader={"edits": {"below": 150}}), tier="high", **DRAWN)
ANY = Rule(name="any", tier="low", **DRAWN)


def decision(bench: Bench, log_id: int) -> dict[str, Any]:
    (row,) = bench.sql("SELECT * FROM decisions WHERE log_id = ?", log_id)
    return {**row, "hits": json.loads(row["hits"]), "facts": json.loads(row["facts"])}


def test_the_uploader_decides_which_rule_applies(bench: Bench) -> None:
    bench.wiki.register("Machine", edits=90_000, days=900, groups=("bot",))
    bench.wiki.register("Newcomer", edits=2, days=1)
    bench.wiki.register("Old hand", edits=4_000, days=900)
    colours = {"Machine": "red", "Newcomer": "blue", "Old hand": "green"}
    entries = {}
    for user, colour in colours.items():
        entry = bench.wiki.upload(f"File:{user}.png", picture(colour), user=user, comment="")
        bench.announce(entry)
        entries[user] = entry
    bench.turns(with_rules(bench, TRUSTED, NEW, ANY))
    rows = {user: bench.row(entry) for user, entry in entries.items()}
    assert {user: row["verdict"] for user, row in rows.items()} == {
        "Machine": "ignored",
        "Newcomer": "review",
        "Old hand": "review",
    }
    effects = {
        effect.log_id: effect.entry["tier"] for effect in bench.ledger.outbox.pending(limit=9)
    }
    assert effects == {entries["Newcomer"].log_id: "high", entries["Old hand"].log_id: "low"}
    made = decision(bench, entries["Machine"].log_id)
    assert (made["rule"], made["facts"]["uploader"]["edits"]) == ("trusted", 90_000)


def test_a_file_that_no_rule_could_suggest_costs_no_question(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    answers = bench.commons.api.answers

    def noted(**more: str) -> Iterator[dict[str, Any]]:
        asked.append(more.get("list", more.get("prop", "")))
        return answers(**more)

    monkeypatch.setattr(bench.commons.api, "answers", noted)
    settings = with_rules(bench, TRUSTED, NEW, ANY)
    bench.engine.deed = dull
    bench.upload("Dull.png")
    bench.turns(settings)
    assert set(asked) == {"imageinfo"}
    bench.engine.deed = striking
    for number in range(3):
        bench.upload(f"{number}.png", picture(f"rgb({number},9,9)"))
    bench.turns(settings)
    assert asked.count("users") == 1


def test_every_hit_is_on_record_those_in_shadow_too(bench: Bench) -> None:
    tried = Rule(name="tried", shadow=True, actions=("tag",), **DRAWN)
    entry = bench.upload("A.png")
    bench.turns(with_rules(bench, tried))
    assert bench.row(entry)["verdict"] == "cleared"
    assert bench.ledger.outbox.pending(limit=9) == []
    (hit,) = decision(bench, entry.log_id)["hits"]
    assert (hit["rule"], hit["shadow"], hit["confidence"]) == ("tried", True, 1.0)


def test_each_action_is_one_effect_with_the_entry_of_the_first_rule(bench: Bench) -> None:
    rules = [
        Rule(name="first", tier="high", reason="why", actions=("log", "tag"), **DRAWN),
        Rule(name="second", actions=("category", "log"), **DRAWN),
    ]
    entry = bench.upload("A.png")
    bench.turns(with_rules(bench, *rules))
    effects = {effect.kind: effect for effect in bench.ledger.outbox.pending(limit=9)}
    assert set(effects) == {"log-page", "tag", "category"}
    assert effects["tag"].page == effects["category"].page == "File:A.png"
    assert {effect.entry["rule"] for effect in effects.values()} == {"first"}
    assert effects["tag"].entry["log_id"] == entry.log_id
    assert (effects["tag"].entry["tier"], effects["tag"].entry["reason"]) == ("high", "why")


def test_the_page_decides_which_rule_applies(bench: Bench) -> None:
    art = Rule(name="art", when=when(page={"categories": ("Sculptures",)}), actions=("ignore",))
    one, other = bench.upload("One.png"), bench.upload("Other.png", picture("red"))
    bench.wiki.write("File:One.png", "[[Category:Sculptures]]")
    bench.turns(with_rules(bench, art, ANY))
    assert (bench.row(one)["verdict"], bench.row(other)["verdict"]) == ("ignored", "review")


def test_an_uploaders_earlier_suggestions_count(bench: Bench) -> None:
    again = when(uploader={"suggested_before": {"at_least": 1}})
    settings = with_rules(bench, Rule(name="again", when=again, tier="high", **DRAWN), ANY)
    entries = []
    for number in range(3):
        entries.append(bench.upload(f"{number}.png", picture(f"rgb({number},9,9)")))
        bench.turns(settings)
    tiers = [effect.entry["tier"] for effect in bench.ledger.outbox.pending(limit=9)]
    assert tiers == ["low", "high", "high"]


def test_what_people_said_of_an_uploaders_earlier_files_counts(bench: Bench) -> None:
    confirmed = when(uploader={"confirmed_before": {"at_least": 1}, "fine_before": {"below": 2}})
    settings = with_rules(bench, Rule(name="again", when=confirmed, tier="high", **DRAWN), ANY)
    tiers = []
    for number, outcome in enumerate(["scope", "ok", "ok", "ok"], 1):
        entry = bench.upload(f"{number}.png", picture(f"rgb({number},9,9)"))
        bench.turns(settings)
        tiers.append(bench.ledger.outbox.pending(limit=9)[-1].entry["tier"])
        bench.ledger.reviews.record(Findings(reviews=[said(entry.log_id, outcome)]))
    assert tiers == ["low", "high", "high", "low"]


def said(log_id: int, outcome: str) -> Review:
    return Review(
        log_id=log_id,
        source="page",
        reference=log_id,
        outcome=outcome,
        reviewer="Reviewer",
        reviewed_at=1.0,
    )


def test_while_the_wiki_does_not_tell_who_uploaded_a_file_it_waits(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise ServerBusy("the wiki says maxlag")

    entry = bench.upload("A.png")
    monkeypatch.setattr("bot.background.uploaders", away)
    with pytest.raises(ServerBusy):
        bench.turn(with_rules(bench, TRUSTED, ANY))
    assert bench.row(entry)["state"] == "waiting"
    monkeypatch.undo()
    bench.turns(with_rules(bench, TRUSTED, ANY))
    assert bench.row(entry)["verdict"] == "review"
