"""Every setting there is, as a document: from the schema, with the comments of config.yaml."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from bot.config import Settings

SECRET = "secrets"  # noqa: S105 - the name of the section that stands in no file
COMMENT = re.compile(r"\s#\s+(.*)$")
RANGE = "Range"  # conditions on numbers are shown as one value
TYPES = {"boolean": "true or false", "integer": "whole number", "number": "number"}
HEAD = """\
# Settings

Every key of `config.yaml`, written by `lookout check-config --reference` from the program itself.
What the rules mean is told in [Rules](rules.md), the pages in [Control on the wiki](control.md).
"""
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One key, in words."""

    place: str  # dotted; [] stands for an item of a list
    kind: str
    limits: str
    default: str
    comment: str


def reference(comments: Mapping[str, str]) -> str:
    """Return the whole document; `comments` are those of `comments_of`."""
    parts = [HEAD]
    for section, rows in _sections(comments).items():
        table = ["| Key | Type | Allowed | Default | Meaning |", "| --- | --- | --- | --- | --- |"]
        table += [_row(row) for row in rows]
        parts.append("\n".join([f"## {section}", "", *table, ""]))
    return "\n".join(parts)


def entries(comments: Mapping[str, str]) -> Iterator[Entry]:
    """Yield every key, in the order of the schema."""
    schema = Settings.model_json_schema()
    yield from _within(schema, schema, "", comments)


@cache
def allowed(place: str) -> str:
    """Return the limits of the key at a place such as `rules[].at_least.image`; empty if none."""
    return next((entry.limits for entry in entries({}) if entry.place == place), "")


def comments_of(text: str) -> dict[str, str]:
    """Return the comment on each key's own line, with the lines that go on below it."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    return dict(_comments(root, "", text.splitlines())) if root else {}


def _sections(comments: Mapping[str, str]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries(comments):
        found.setdefault(re.split(r"[.\[]", entry.place)[0], []).append(entry)
    return found


def _within(
    schema: Schema, node: Schema, place: str, comments: Mapping[str, str]
) -> Iterator[Entry]:
    for name, field in node["properties"].items():
        here = f"{place}.{name}".removeprefix(".")
        inner, mark = _inner(schema, field)
        if here == SECRET:
            continue
        if "properties" in inner and inner.get("title") != RANGE:
            yield from _within(schema, inner, here + mark, comments)
        else:
            comment = field.get("description") or comments.get(here, "")
            kind, limits = _kind(schema, field), "; ".join(_limits(schema, field))
            yield Entry(here, kind, limits, _default(field, node, name), comment)


def _inner(schema: Schema, field: Schema) -> tuple[Schema, str]:
    """Return what a field holds, and the mark of a list if it holds several."""
    if field.get("type") == "array":
        return _resolved(schema, field["items"]), "[]"
    return _resolved(schema, field), ""


def _resolved(schema: Schema, field: Schema) -> Schema:
    """Follow a reference, and leave out that a value may be absent."""
    options = [one for one in field.get("anyOf", ()) if one.get("type") != "null"]
    if options:
        return _resolved(schema, options[0])
    if "$ref" in field:
        found: Schema = schema["$defs"][field["$ref"].rpartition("/")[2]]
        return found
    return field


def _kind(schema: Schema, field: Schema) -> str:
    plain = _resolved(schema, field)
    if plain.get("type") == "array":
        return f"list of {_kind(schema, plain['items'])}"
    if plain.get("title") == RANGE:
        return "range"
    if "enum" in plain or "const" in plain:
        return "word" if isinstance(_words(plain)[0], str) else "number"
    return TYPES.get(plain.get("type", ""), "text")


def _limits(schema: Schema, field: Schema) -> Iterator[str]:
    plain = _resolved(schema, field)
    if plain.get("type") == "array":
        if plain.get("minItems"):
            yield f"{plain['minItems']} or more"
        yield from _limits(schema, plain["items"])
    elif plain.get("title") == RANGE:
        yield "`at_least`, `below`, or both"
    elif "enum" in plain or "const" in plain:
        yield ", ".join(f"`{word}`" for word in _words(plain))
    else:
        yield from _bounds(plain)


def _words(plain: Schema) -> list[Any]:
    return list(plain.get("enum", [plain.get("const")]))


def _bounds(plain: Schema) -> Iterator[str]:
    words = {
        "minimum": "from {}",
        "exclusiveMinimum": "above {}",
        "maximum": "to {}",
        "exclusiveMaximum": "below {}",
    }
    bounds = [text.format(f"{plain[key]:g}") for key, text in words.items() if key in plain]
    if bounds:
        yield " ".join(bounds)
    if "maxLength" in plain:
        yield f"{plain.get('minLength', 0)} to {plain['maxLength']} characters"
    elif plain.get("minLength"):
        yield "not empty"
    if "pattern" in plain:
        yield f"like `{plain['pattern']}`"


def _default(field: Schema, node: Schema, name: str) -> str:
    if name in node.get("required", ()):
        return "none: has to be given"
    value = field.get("default")
    if value is None:
        return "not asked"
    text = yaml.safe_dump(value, default_flow_style=True, width=1000).removesuffix("...\n")
    return f"`{text.strip()}`"


def _row(entry: Entry) -> str:
    cells = (f"`{entry.place}`", entry.kind, entry.limits, entry.default, entry.comment)
    return "| " + " | ".join(cell.replace("|", "\\|").replace("<", "&lt;") for cell in cells) + " |"


def _comments(node: yaml.Node, place: str, lines: list[str]) -> Iterator[tuple[str, str]]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _comments(item, f"{place}[]", lines)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = f"{place}.{key.value}".removeprefix(".")
            last = value if value.end_mark.line == key.end_mark.line else key
            if comment := _comment(lines, key.end_mark.line, last.end_mark.column):
                yield here, comment
            yield from _comments(value, here, lines)


def _comment(lines: list[str], number: int, end: int) -> str:
    """Return the comment after column `end`, and on the lines that hold nothing else below it."""
    found = COMMENT.search(lines[number], end)
    if found is None:
        return ""
    column = found.start() + 1
    words = [found[1]]
    for line in lines[number + 1 :]:
        if line.strip() == "" or line.find("#") != column or line[:column].strip():
            break
        words.append(line.strip().removeprefix("#").strip())
    return " ".join(words)
