"""The document of all settings: complete, and in words."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from bot.cli import main
from bot.config import Settings
from bot.configreference import comments_of, entries, reference
from bot.settings.conditions import Range

FOUND = {entry.place: entry for entry in entries({})}


def places(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Yield every key of a section and of those within, straight from the classes."""
    for name, field in model.model_fields.items():
        items = [field.annotation, *getattr(field.annotation, "__args__", ())]
        inner = [one for one in items if isinstance(one, type) and issubclass(one, BaseModel)]
        listed = "[]" if "tuple" in str(field.annotation) else ""
        if inner and inner[0] is not Range:
            yield from places(inner[0], f"{prefix}{name}{listed}.")
        else:
            yield prefix + name


def test_every_key_is_there_and_no_secret() -> None:
    every = {place for place in places(Settings) if not place.startswith("secrets.")}
    assert set(FOUND) == every
    assert len(every) > 80


@pytest.mark.parametrize(
    ("place", "kind", "limits", "default"),
    [
        ("media.stills", "whole number", "from 1 to 60", "`5`"),
        ("media.timeout_seconds", "number", "above 0 to 300", "`30.0`"),
        ("media.thumbnail_width", "number", "`250`, `330`, `500`, `960`, `1280`", "`500`"),
        ("publish.mode", "word", "`dry-run`, `live`", "`dry-run`"),
        ("rules[].when.media", "list of word", "`image`, `video`, `document`", "`[]`"),
        ("rules[].when.uploader.edits", "range", "`at_least`, `below`, or both", "not asked"),
        ("rules[].shadow", "true or false", "", "`false`"),
        ("control.thresholds.protection", "list of text", "1 or more", "`[sysop]`"),
    ],
)
def test_type_range_and_default_are_told_in_words(
    place: str, kind: str, limits: str, default: str
) -> None:
    entry = FOUND[place]
    assert (entry.kind, entry.limits, entry.default) == (kind, limits, default)


def test_a_comment_goes_on_below_its_line_and_ends_where_a_key_stands() -> None:
    text = """\
# a heading
media:
  stills: 5        # pictures taken
                   # from a video
  width: 500       # pixels
  plain: "a # b"
rules:
  - name: x        # its name
"""
    assert comments_of(text) == {
        "media.stills": "pictures taken from a video",
        "media.width": "pixels",
        "rules[].name": "its name",
    }


def test_what_markdown_would_misread_is_escaped() -> None:
    assert "one page a day: &lt;prefix>" in reference(
        {"publish.page_prefix": "one page a day: <prefix>"}
    )


def test_the_command_prints_it(capsys: pytest.CaptureFixture[Any]) -> None:
    assert main(["check-config", "--reference"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("# Settings\n")
    assert "| `retry.attempts` | whole number | from 1 to 50 | `12` |" in shown
