"""The documents say what is true: links lead somewhere, settings are described."""

import re
import tomllib
from pathlib import Path

import pytest

from bot.config import Settings
from bot.configreference import comments_of, entries, reference

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMENTS = comments_of((ROOT / "config.yaml").read_text(encoding="utf-8"))
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#]+)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_relative_link_leads_to_a_file(document: Path) -> None:
    links = LINK.findall(document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_index_lists_every_document() -> None:
    folder = ROOT / "docs"
    listed = set(LINK.findall((folder / "README.md").read_text(encoding="utf-8")))
    there = {str(path.relative_to(folder)) for path in folder.rglob("*.md")} - {"README.md"}
    assert there - listed == set(), "add a line to docs/README.md, under its reader"


def test_the_readme_fits_and_starts_with_its_two_commands() -> None:
    assert len(README.splitlines()) < 150
    first_screen = "\n".join(README.splitlines()[:25])
    assert "make demo" in first_screen
    assert "make test" in first_screen


def test_the_readme_names_every_section_of_the_settings() -> None:
    sections = set(Settings.model_fields) - {"secrets"}
    assert set(re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE)) == sections


def test_the_reference_of_settings_is_up_to_date() -> None:
    shown = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert shown == reference(COMMENTS), "lookout check-config --reference > docs/settings.md"


def test_every_setting_has_a_meaning_for_admins() -> None:
    lacking = [entry.place for entry in entries(COMMENTS) if not entry.comment]
    assert lacking == [], "a comment at the end of the key's line in config.yaml"


def test_ruff_ignores_each_carry_a_reason() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    ignored = [line for line in lines if re.match(r'\s+"[A-Z]+[0-9]*",', line)]
    assert len(ignored) > 5
    assert [line for line in ignored if "# " not in line] == []
    assert tomllib.loads("\n".join(lines))["tool"]["ruff"]["lint"]["select"] == ["ALL"]
