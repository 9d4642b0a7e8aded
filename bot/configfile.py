"""Reads `config.yaml`, explains what is wrong with it, and notices when it changes."""

import difflib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import structlog
import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.config import Settings
from bot.configreference import allowed
from bot.errors import ConfigInvalid
from bot.settings.credentials import Secrets
from bot.settings.moved import moved

log = structlog.get_logger(__name__)

SECRET_PREFIX = "LOOKOUT_"  # noqa: S105 - the variables' prefix, not a secret
TEXT_TAG = "tag:yaml.org,2002:str"
NUMBER_TAGS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
OUT_OF_RANGE = ("greater_than", "less_than")  # how pydantic's names of such errors begin
NUMBERED = re.compile(r"\[\d+\]")
MISREAD_NUMBER = re.compile(r"[-+]?0[0-9_]+|.*:.*")
Place = tuple[int | str, ...]


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the validated settings of `path`.

    Raises:
        ConfigInvalid: with one line per problem: line, key, value, what is allowed.
    """
    root, data = _parse(_read(path), path)
    if not isinstance(data, dict):
        raise ConfigInvalid(f"{path}: should hold `key: value` lines, but is {data!r}")
    if "secrets" in data:
        raise ConfigInvalid(f"{path}: secrets belong in the environment, never in this file")
    data["secrets"] = _secrets(environment)
    try:
        # Through JSON, because there strictness still lets a list be a tuple and 1 be 1.0.
        return Settings.model_validate_json(json.dumps(data, default=str))
    except ValidationError as error:
        lines = _line_numbers(root) if root else {}
        problems = [_explain(detail, lines) for detail in error.errors()]
        raise ConfigInvalid(f"{path} was refused:\n" + "\n".join(problems)) from None


def describe(settings: Settings) -> str:
    """Return the effective settings as YAML, secrets masked, for a person to read."""
    shown = settings.model_dump(mode="json")
    shown["ledger"]["url"] = _masked_address(settings.ledger.address)
    shown["secrets"] = {
        name: "(set)" if _plain(value) else "(not set)" for name, value in settings.secrets
    }
    return yaml.safe_dump(shown, sort_keys=False, allow_unicode=True)


class ConfigWatch:
    """Offers new settings when the file has changed and is valid; keeps the old ones otherwise."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self.path = path
        self.settings = settings
        self._seen = self._stamp()
        self._asked = False

    def look_again(self) -> None:
        """Have the file read once more, even if it looks as it did."""
        self._asked = True

    def changed(self, check: Callable[[Settings], None]) -> Settings | None:
        """Return new settings once per change that is valid and passes `check`, else None."""
        stamp = self._stamp()
        if stamp == self._seen and not self._asked:
            return None
        self._seen, self._asked = stamp, False
        try:
            settings = load(self.path)
            check(settings)
        except ConfigInvalid as error:
            log.warning("config.refused", reason=str(error), effect="the old settings stay")
            return None
        if settings == self.settings:
            return None
        self.settings = settings
        return settings

    def _stamp(self) -> tuple[int, int] | None:
        try:
            status = self.path.stat()
        except OSError:
            return None  # reading it will say why
        return status.st_mtime_ns, status.st_size


def _read(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigInvalid(
            f"{path} does not exist. Name another file with --config, or copy config.yaml "
            "from the project and edit it"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigInvalid(f"{path} cannot be read: {error}") from None
    if not text.strip():
        # An editor that is saving leaves this for a moment; all defaults at once are never meant.
        raise ConfigInvalid(f"{path} is empty")
    return text


def _parse(text: str, path: Path) -> tuple[yaml.Node | None, Any]:
    """Return the same text as nodes, which know their lines, and as values."""
    try:
        root: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
        if root is not None:
            _refuse_surprises(root, path)
        return root, yaml.safe_load(text) or {}
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigInvalid(f"{path} is not valid YAML: {error}") from None


def _refuse_surprises(root: yaml.Node, path: Path) -> None:
    """Refuse what YAML 1.1 would settle silently, and not as a person means it."""
    met: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in met:
            raise _surprise(path, node, "& and * are not for this file; write the value out")
        met.add(id(node))
        if isinstance(node, yaml.MappingNode):
            _refuse_surprising_keys([key for key, _ in node.value], path)
        elif node.tag in NUMBER_TAGS and MISREAD_NUMBER.fullmatch(node.value):
            raise _surprise(path, node, f"YAML takes {node.value} for octal or base 60")
        waiting += [child for _, _, child in _children(node)]


def _refuse_surprising_keys(keys: Sequence[yaml.Node], path: Path) -> None:
    seen: set[str] = set()
    for key in keys:
        if key.tag != TEXT_TAG:
            raise _surprise(path, key, f"YAML takes the key {key.value} for no plain word")
        if key.value in seen:
            raise _surprise(path, key, f"{key.value} stands here a second time")
        seen.add(key.value)


def _surprise(path: Path, node: yaml.Node, why: str) -> ConfigInvalid:
    return ConfigInvalid(f"{path} line {node.start_mark.line + 1}: {why}")


def _secrets(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: environment[SECRET_PREFIX + name.upper()]
        for name in Secrets.model_fields
        if SECRET_PREFIX + name.upper() in environment
    }


def _plain(value: Any) -> str:
    return str(value.get_secret_value() if hasattr(value, "get_secret_value") else value)


def _masked_address(address: str) -> str:
    return re.sub(r"(://[^:/@]*:).*@", r"\1***@", address)


def _line_numbers(node: yaml.Node, place: Place = ()) -> dict[Place, int]:
    """Map the place of every key and list item to its line in the file, counted from 1."""
    found = {place: node.start_mark.line + 1}
    for step, mark, child in _children(node):
        found |= _line_numbers(child, (*place, step))
        found[(*place, step)] = mark.line + 1
    return found


def _children(node: yaml.Node) -> Iterator[tuple[int | str, yaml.Mark, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            yield key.value, key.start_mark, child
    elif isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            yield index, child.start_mark, child


def _explain(detail: ErrorDetails, lines: Mapping[Place, int]) -> str:
    place = detail["loc"]
    line = next((lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in lines), None)
    where = f"  line {line}, " if line else "  "
    message = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "extra_forbidden" and (hint := moved(place)):
        return f"{where}{_dotted(place)}: {hint}"
    if detail["type"] == "extra_forbidden":
        return f"{where}{_dotted(place)}: unknown key{_nearest(place)}"
    if not place or detail["type"] == "missing":
        message = f"{_dotted(place)}: {message}" if place else message
        return f"{where}{message}"
    limits = allowed(NUMBERED.sub("[]", _dotted(place)))
    if limits and detail["type"].startswith(OUT_OF_RANGE):
        message = f"should be {limits}"
    shown = _masked_address(repr(detail["input"]))  # an address can hold a password
    return f"{where}{_dotted(place)}: {message}, but is {shown}"


def _dotted(place: Place) -> str:
    text = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in place)
    return text.removeprefix(".")


def _nearest(place: Place) -> str:
    """Name the known key nearest to the unknown one at the end of `place`."""
    known = _known_keys(place[:-1])
    close = difflib.get_close_matches(str(place[-1]), known, n=1, cutoff=0.5)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; known keys here: {', '.join(known)}"


def _known_keys(parent: Place) -> list[str]:
    model: type[BaseModel] = Settings
    for step in parent:
        if isinstance(step, str):
            model = _section_within(model.model_fields[step].annotation)
    return [name for name in model.model_fields if name != "secrets"]


def _section_within(annotation: Any) -> type[BaseModel]:
    """Return the section class that an annotation names, directly or as a tuple's items."""
    items = getattr(annotation, "__args__", None)
    section: type[BaseModel] = items[0] if items else annotation
    return section
