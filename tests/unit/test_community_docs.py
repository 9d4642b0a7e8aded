"""The drafts for the community keep to what they promise."""

import re
from pathlib import Path

import pytest

from bot.settings.publishing import PublishSettings

FOLDER = Path(__file__).parents[2] / "docs" / "community"
DRAFTS = sorted(FOLDER.glob("*.md"))
TEXTS = {path.stem: " ".join(path.read_text(encoding="utf-8").split()) for path in DRAFTS}


def test_every_draft_is_there_and_listed() -> None:
    drafts = {"village-pump-post", "bot-request", "privacy", "model-card", "escalation"}
    assert set(TEXTS) == drafts | {"README"}
    for name in drafts:
        assert f"({name}.md)" in TEXTS["README"]


@pytest.mark.parametrize(
    "field",
    [
        "Operator",
        "Bot's tasks",
        "Automatic or manually assisted",
        "Edit type",
        "Maximum edit rate",
        "Bot flag requested",
        "Programming language",
        "Exclusion compliant",
        "Emergency shutoff compliant",
    ],
)
def test_the_bot_request_fills_the_fields_of_the_form(field: str) -> None:
    assert f"| {field} |" in TEXTS["bot-request"]


def test_the_edit_rates_asked_for_are_the_defaults() -> None:
    settings = PublishSettings()
    text = TEXTS["bot-request"]
    assert f"{60 / settings.interval_seconds:g} edit a minute on the log page" in text
    assert f"1 in {settings.status_page.minutes} minutes on the status page" in text
    assert f"at most {settings.edits_per_day:,} a day" in text


@pytest.mark.parametrize(
    "heading",
    ["## Motivation", "## Users and uses", "## Ethical considerations", "## Model", "## Data"],
)
def test_the_model_card_has_the_parts_of_the_form(heading: str) -> None:
    assert heading in TEXTS["model-card"]


def test_whoever_meets_something_illegal_knows_whom_to_write_to() -> None:
    assert "legal-reports@wikimedia.org" in TEXTS["escalation"]
    assert "Say nothing on the wiki" in TEXTS["escalation"]


@pytest.mark.parametrize("name", ["village-pump-post", "bot-request"])
def test_what_is_meant_for_the_wiki_is_no_judgement(name: str) -> None:
    assert "nsfw" not in TEXTS[name].lower()
    assert re.search(r"automated suggestion|Advisory only", TEXTS[name])


@pytest.mark.parametrize("name", ["village-pump-post", "model-card"])
def test_no_figure_on_precision_is_claimed(name: str) -> None:
    claims = re.findall(r"\d+(?:\.\d+)? ?%", TEXTS[name])
    assert set(claims) <= {"95 %"}
