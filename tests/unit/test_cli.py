"""The commands as a person meets them: help with an example, exit codes, plain errors."""

import argparse
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
import yaml

from bot import __version__
from bot.cli import build_parser
from bot.ledger import Ledger
from support.ledgers import address, claim, fill, finish

PROJECT_FILE = Path(__file__).parents[2] / "config.yaml"
LOOKOUT = Path(sys.executable).with_name("lookout")


def commands(parser: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield every command and every sub-command."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                yield " ".join([*path, name])
                yield from commands(inner, (*path, name))


COMMANDS = list(commands(build_parser()))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A state folder of its own, with a config.yaml."""
    (tmp_path / "config.yaml").write_text("# the defaults\n", encoding="utf-8")
    return tmp_path


def lookout(home: Path, *arguments: str, code: int = 0) -> "subprocess.CompletedProcess[str]":
    """Run the installed command in `home`; check its exit code, and that no traceback shows."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LOOKOUT_")}
    done = subprocess.run(
        [LOOKOUT, *arguments],
        cwd=home,
        env={**kept, "LOOKOUT_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def fails(home: Path, *arguments: str) -> str:
    """Run a command that cannot succeed; return its words, which stand on standard error."""
    done = lookout(home, *arguments, code=1)
    assert done.stdout == ""
    assert done.stderr.startswith("lookout: ")
    return done.stderr


def test_the_commands_are_these() -> None:
    assert {name for name in COMMANDS if " " not in name} >= {
        "run",
        "status",
        "check-config",
        "model",
        "score",
        "demo",
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_ends_with_an_example_that_parses(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args([*command.split(), "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    _, found, example = shown.out.partition("example:")
    assert found
    words = shlex.split(example)
    assert words[: 1 + len(command.split())] == ["lookout", *command.split()]
    build_parser().parse_args(words[1:])  # exits where it does not parse


@pytest.mark.parametrize(
    "arguments",
    [[], ["frobnicate"], ["status", "--frobnicate"], ["model"], ["model", "frobnicate"]],
    ids=" ".join,
)
def test_what_is_no_command_exits_with_2_and_shows_the_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args(arguments)
    assert ended.value.code == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("usage: lookout")


def test_the_help_and_the_version_come_from_the_installed_command(home: Path) -> None:
    assert "lookout demo" in lookout(home, "--help").stdout
    assert lookout(home, "--version").stdout == f"lookout {__version__}\n"


def test_check_config_shows_every_setting_in_force(home: Path) -> None:
    done = lookout(home, "check-config", "--config", str(PROJECT_FILE))
    shown = yaml.safe_load(done.stdout)
    assert shown["rules"] == yaml.safe_load(PROJECT_FILE.read_text(encoding="utf-8"))["rules"]
    assert shown["ledger"]["url"] == address(home / "ledger.sqlite")
    assert done.stderr == ""


def test_check_config_says_what_is_wrong_and_where(home: Path) -> None:
    (home / "config.yaml").write_text("media:\n  still: 5\n", encoding="utf-8")
    words = fails(home, "check-config")
    assert "line 2, media.still: unknown key; did you mean stills?" in words


@pytest.mark.parametrize("command", ["check-config", "status", "run"])
def test_without_a_config_every_command_that_needs_one_says_so(home: Path, command: str) -> None:
    assert "nowhere.yaml does not exist" in fails(home, command, "--config", "nowhere.yaml")


def test_status_of_an_empty_ledger_is_all_zeros(home: Path) -> None:
    status = json.loads(lookout(home, "status", "--json").stdout)
    assert status["seen"] == 0
    assert status["states"] == dict.fromkeys(["waiting", "leased", "scored", "skipped", "dead"], 0)
    assert status["lag_seconds"] is None


def test_status_shows_the_counts_of_the_ledger(home: Path) -> None:
    with Ledger(address(home / "ledger.sqlite")) as ledger:
        fill(ledger, [1, 2, 3])
        first, second = claim(ledger, limit=2)
        finish(ledger, first, review=True)
        ledger.queue.skip(second, "gone", "")
        counts = asdict(ledger.census.take())
    table = [line.rsplit(maxsplit=1) for line in lookout(home, "status").stdout.splitlines()]
    assert ["  waiting", "1"] in table
    assert ["    skipped: gone", "1"] in table
    assert ["    scored: review", "1"] in table
    assert ["effects waiting", "1"] in table
    assert ["  held by the daily quota", "0"] in table
    status = json.loads(lookout(home, "status", "--json").stdout)
    assert status.pop("oldest_unfinished_seconds") >= counts.pop("oldest_unfinished_seconds")
    assert status.pop("quota") == {
        "edits_per_day": 2000,
        "edits_made": 0,
        "flags_per_day": 2000,
        "flags_sent": 0,
        "held": 0,
    }
    assert status == counts


def test_a_ledger_that_cannot_be_used_is_named(home: Path) -> None:
    (home / "ledger.sqlite").write_text("a shopping list", encoding="utf-8")
    assert "file is not a database" in fails(home, "status")


def test_a_model_that_is_not_installed_is_named_with_its_remedy(home: Path) -> None:
    assert "lookout model install" in fails(home, "model", "show")


def test_run_with_a_wrong_address_ends_and_says_which_setting(home: Path) -> None:
    text = "ledger: {url: 'mysql://bot:secret@tools/ledger'}\n"
    (home / "config.yaml").write_text(text, encoding="utf-8")
    words = fails(home, "run")
    assert "ledger.url names mysql" in words
    assert "secret" not in words
