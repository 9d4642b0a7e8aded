"""The drawn trees are the classes, all of them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import bot.errors
import model.errors
from model.errors import LookoutError

ROOT = Path(__file__).parents[2]
# The demonstration is no part of the bot, and may end in ways of its own.
FILES = [
    path
    for package in ("bot", "model")
    for path in (ROOT / package).rglob("*.py")
    if path.name != "errors.py" and "demo" not in path.parts
]

BRANCH = re.compile(r"^(?P<indent>[│├└─ ]*)(?P<name>[A-Z]\w+)")
Tree = dict[str, str | None]


def drawn(text: str) -> Tree:
    """Return each class in a drawing with the one it hangs on; None for what stands leftmost."""
    tree: Tree = {}
    path: list[tuple[int, str]] = []
    for line in text.splitlines():
        found = BRANCH.match(line)
        if not found or (not found["indent"] and " " in line):
            continue  # prose
        depth, name = len(found["indent"]), found["name"]
        path = [(d, n) for d, n in path if d < depth]
        tree[name] = path[-1][1] if path else None
        path.append((depth, name))
    return tree


def defined(module: ModuleType) -> Iterator[type[LookoutError]]:
    """Yield the error classes that a module defines itself."""
    for value in vars(module).values():
        is_error = isinstance(value, type) and issubclass(value, LookoutError)
        if is_error and value.__module__ == module.__name__:
            yield value


def parent(error: type[LookoutError]) -> str | None:
    return None if error is LookoutError else error.__bases__[0].__name__


def test_the_drawing_of_the_models_errors_is_exact() -> None:
    assert drawn(model.errors.__doc__ or "") == {
        error.__name__: parent(error) for error in defined(model.errors)
    }


def test_the_drawing_of_the_bots_errors_is_exact() -> None:
    shown = drawn(bot.errors.__doc__ or "")
    kinds = {name for name, above in shown.items() if above is None}
    assert kinds == {"RetryLater", "NotYet", "Never", "Stop"}
    assert {name: above for name, above in shown.items() if above} == {
        error.__name__: parent(error) for error in defined(bot.errors)
    }


def test_all_names_every_error_of_the_bot_and_what_it_grows_from() -> None:
    own = {error.__name__ for error in defined(bot.errors)}
    grown_from = {"LookoutError", "RetryLater", "NotYet", "Never", "Stop"}
    assert bot.errors.__all__ == sorted(own | grown_from)


def test_no_error_grows_outside_the_drawn_trees() -> None:
    known = {error.__name__ for module in (bot.errors, model.errors) for error in defined(module)}
    assert len(FILES) > 30
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
                assert not bases & known, f"{path}: {node.name}"


@pytest.mark.parametrize("module", [model.errors, bot.errors])
def test_every_error_says_what_it_stands_for(module: ModuleType) -> None:
    assert [error for error in defined(module) if not error.__doc__] == []
