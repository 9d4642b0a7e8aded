"""Rules in config.yaml: what they may ask for, and in which words they are refused."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from bot.settings.conditions import (
    Conditions,
    PageConditions,
    Range,
    TimeConditions,
    UploaderConditions,
)
from support.configs import read, refusal

RULES_GUIDE = Path(__file__).parents[2] / "docs" / "rules.md"
SECTIONS: dict[str, type[BaseModel]] = {
    "": Conditions,
    "uploader.": UploaderConditions,
    "page.": PageConditions,
    "time.": TimeConditions,
    "bytes.": Range,
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def rules(*changes: dict[str, Any]) -> str:
    """Return a file with a rule for each change."""
    plain = {"labels": ["drawing"]}
    return yaml.safe_dump(
        {"rules": [{"name": f"rule-{n}", **plain, **one} for n, one in enumerate(changes, 1)]}
    )


# The last value accepted, and the first that is not.
BOUNDS = [
    ("media", ["video", "document"], ["audio"]),
    ("mime", ["image/svg+xml", "image/*"], "image/png"),
    ("bytes", {"at_least": 0, "below": 1}, {}),
    ("bytes.at_least", 0, -1),
    ("bytes.below", 0.5, 0),
    ("bytes", {"at_least": 1, "below": 2}, {"at_least": 2, "below": 2}),
    ("pixels", {"below": 10_000}, 10_000),
    ("uploader", {}, []),
    ("uploader.groups", ["sysop"], "sysop"),
    ("uploader.not_groups", ["sysop"], "sysop"),
    ("uploader.edits", {"below": 150}, {"under": 150}),
    ("uploader.registered_days", {"at_least": 0.5}, {"at_least": -0.5}),
    ("uploader.suggested_before", {"at_least": 1}, {"below": -1}),
    ("uploader.confirmed_before", {"at_least": 1}, {"below": -1}),
    ("uploader.fine_before", {"at_least": 1}, {"below": -1}),
    ("page", {}, []),
    ("page.templates", ["PD-old"], "PD-old"),
    ("page.no_templates", ["PD-old"], "PD-old"),
    ("page.categories", ["Sculptures"], "Sculptures"),
    ("page.no_categories", ["Sculptures"], "Sculptures"),
    ("page.license_reviewed", True, "maybe"),
    ("time", {}, []),
    ("time.hours_since_upload", {"below": 24}, {"below": "a day"}),
    ("time.since", "2026-11-22", "next week"),
    ("time.until", "2026-11-22T18:00", "2026-13-01"),
]


def when(place: str, value: Any) -> str:
    for key in reversed(place.split(".")):
        value = {key: value}
    return rules({"when": value})


@pytest.mark.parametrize(("place", "good", "bad"), BOUNDS)
def test_each_condition_is_accepted_up_to_its_bound_and_no_further(
    file: Path, place: str, good: Any, bad: Any
) -> None:
    assert len(read(file, when(place, good)).rules) == 1
    message = refusal(file, when(place, bad))
    assert f"rules[1].when.{place.partition('.')[0]}" in message
    assert place.rpartition(".")[2] in message


def test_the_bounds_above_are_those_of_every_condition() -> None:
    every = {place + key for place, kind in SECTIONS.items() for key in kind.model_fields}
    assert {place for place, _, _ in BOUNDS} == every


def test_a_date_needs_no_quotes(file: Path) -> None:
    text = "rules:\n  - {name: a, labels: [b], when: {time: {since: 2026-11-22}}}\n"
    (rule,) = read(file, text).rules
    assert rule.when.time
    assert rule.when.time.since == "2026-11-22"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"actions": ["ignore", "log"]}, "rules[1]: actions: ignore stands alone"),
        ({"actions": ["log", "log"]}, "rules[1]: actions: each may stand once"),
        ({"labels": []}, "rules[1]: labels: a rule that suggests needs at least one"),
        (
            {"labels": [], "actions": ["ignore"]},
            "rules[1]: when: a rule without labels and conditions would ignore every file",
        ),
        ({"when": {"mine": []}}, "rules[1].when.mine: unknown key; did you mean mime?"),
        (
            {"when": {"uploader": {"edit": {}}}},
            "rules[1].when.uploader.edit: unknown key; did you mean edits?",
        ),
        (
            {"when": {"uploader": {"edits": {"above": 3}}}},
            "rules[1].when.uploader.edits.above: unknown key; known keys here: at_least, below",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_reason(
    file: Path, change: dict[str, Any], words: str
) -> None:
    assert words in refusal(file, rules(change))


def test_the_key_of_earlier_versions_is_refused_with_its_line_and_what_to_write(file: Path) -> None:
    text = "rules:\n  - name: explicit\n    labels: [porn]\n    action: review\n"
    words = refusal(file, text)
    assert "line 4, rules[1].action: is now `actions`" in words
    assert "instead of `action: record` write `shadow: true`" in words


def test_the_guide_for_admins_names_every_condition() -> None:
    text = RULES_GUIDE.read_text(encoding="utf-8")
    keys = {key for kind in SECTIONS.values() for key in kind.model_fields}
    assert [key for key in keys if f"`{key}`" not in text and f"`{key}:`" not in text] == []
