"""The direction of dependence that docs/architecture.md promises."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NETWORK = {"requests", "urllib3", "aiohttp", "mwapi", "pywikibot", "sseclient", "socket", "http"}
# The demonstration serves HTTP on loopback; it is no part of the bot.
BOT = [path for path in (ROOT / "bot").rglob("*.py") if "demo" not in path.parts]
MODEL = list((ROOT / "model").rglob("*.py"))
TESTS = ROOT / "tests"


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of every module that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def importers(files: list[Path], packages: set[str]) -> set[str]:
    """Return the files that import any of `packages`."""
    return {
        str(path.relative_to(ROOT))
        for path in files
        if packages & {name.split(".")[0] for name in imports(path)}
    }


def files_of(module: str) -> list[Path]:
    """Return the file of a module, or all files of a package."""
    place = ROOT.joinpath(*module.split("."))
    files = list(place.glob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    return [path for path in files if path.exists()]


def test_the_model_knows_nothing_of_the_bot() -> None:
    assert len(MODEL) > 10
    assert importers(MODEL, {"bot"}) == set()


def test_only_the_ledger_knows_sql() -> None:
    files = importers(BOT, {"sqlalchemy", "sqlite3", "pymysql"})
    assert files
    assert all(file.startswith("bot/ledger/") for file in files)


def test_only_one_file_can_write_to_a_wiki() -> None:
    assert importers(BOT, {"pywikibot"}) == {"bot/publish/live.py"}


def test_only_these_files_speak_http() -> None:
    assert importers(BOT, NETWORK - {"pywikibot"}) == {
        "bot/guard.py",
        "bot/hosts.py",
        "bot/http.py",
        "bot/identity.py",
        "bot/media.py",
        "bot/stream.py",
        "bot/videos/download.py",
        "bot/watching/server.py",
        "bot/web/server.py",
        "bot/wikiapi.py",
    }


@pytest.mark.parametrize("module", ["events", "rules", "config", "configfile", "pauses", "errors"])
def test_the_pure_modules_reach_no_network_even_through_others(module: str) -> None:
    seen: set[str] = set()
    waiting = [f"bot.{module}"]
    while waiting:
        name = waiting.pop()
        for path in files_of(name) if name not in seen else []:
            waiting += imports(path)
            assert not importers([path], NETWORK), name
        seen.add(name)
    assert files_of(f"bot.{module}")


def test_torch_stays_out_of_the_bots_own_process() -> None:
    assert importers(BOT, {"torch", "torchvision"}) == set()


def test_no_two_test_modules_share_a_name() -> None:
    """Pytest imports those that are in no package by their name alone, and refuses the second."""
    loose = [
        path for path in TESTS.rglob("test_*.py") if not (path.parent / "__init__.py").exists()
    ]
    counts = Counter(path.name for path in loose)
    assert [name for name, count in counts.items() if count > 1] == []
