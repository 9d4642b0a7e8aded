"""Every command in the documents is one that the program takes; the harmless ones are run."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Final

import pytest

from bot.cli import build_parser, main
from bot.ledger import Decision, Ledger, Outcome
from model.errors import Undecodable
from support.ledgers import STREAM, address, claim_one, fill, scored
from support.uploads import upload

ROOT: Final = Path(__file__).parents[2]
DOCUMENTS: Final = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
YESTERDAY: Final = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
BLOCK: Final = re.compile(r"^(?: {4,}|\$ )(?:\$ )?(.*)$", re.MULTILINE)
FENCE: Final = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE: Final = re.compile(r"`((?:\.venv/bin/)?(?:lookout|make) [^`]+)`")
OURS: Final = re.compile(r"^(?:\.venv/bin/)?(lookout|make) (.*)$")
SHOWN_ONCE_FILLED_IN: Final = {"TIME": YESTERDAY, "LOG_ID": "1", "N": "1", "CLASS": "Undecodable"}
"""What stands for a value in the documents, where the parser wants a real one."""
HARMLESS: Final = (
    *("--help", "--version", "check-config", "model list", "status", "stats", "thresholds"),
    *("dead", "rules", "wiki refused", "wiki setup"),
    *("backfill status", "backfill flags", "backfill pause", "backfill resume", "backfill cancel"),
)
"""Beginnings of commands that need nothing but a ledger, and end."""
USAGE: Final = 2
SCORES: Final = {"drawing": 0.01, "hentai": 0.01, "neutral": 0.01, "porn": 0.96, "sexy": 0.01}
ABROAD: Final = ("--live",)
"""Options of these that ask a wiki."""


def commands(text: str, *, inline: bool) -> Iterator[tuple[str, str]]:
    """Yield program and arguments of the commands in blocks, or of those within sentences."""
    if inline:
        found = [" ".join(mention.split()) for mention in INLINE.findall(text)]
    else:
        fenced = "\n".join(FENCE.findall(text)).splitlines()
        found = [*BLOCK.findall(text), *fenced]
    for line in found:
        if match := OURS.match(line.partition("  #")[0].strip()):
            yield match[1], match[2]


def gathered(program: str, *, inline: bool) -> list[str]:
    """Return the arguments that the documents give a program, each once."""
    texts = [document.read_text(encoding="utf-8") for document in DOCUMENTS]
    return sorted(
        {
            words
            for text in texts
            for name, words in commands(text, inline=inline)
            if name == program
        }
    )


def filled_in(arguments: str) -> list[str]:
    """Return the words of a command with values for placeholders, and with a recent date."""
    recent = re.sub(r"\b20\d\d-\d\d-\d\d\b", YESTERDAY, arguments.partition(" > ")[0])
    return [SHOWN_ONCE_FILLED_IN.get(word, word) for word in shlex.split(recent)]


def harmless(arguments: str) -> bool:
    """Tell whether a command is to be run: it is whole, and asks nobody but the ledger."""
    words = filled_in(arguments)
    if not arguments.startswith(HARMLESS) or set(ABROAD) & set(words):
        return False
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        try:
            build_parser().parse_args(words)
        except SystemExit as ended:  # a mention that leaves out what it is about
            return not ended.code
    return True


def complaint(arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what the parser says against a command, or nothing."""
    try:
        build_parser().parse_args(filled_in(arguments))
    except SystemExit as ended:
        said = capsys.readouterr().err.strip().splitlines()
        return said[-1] if ended.code else ""
    return ""


BLOCKS: Final = gathered("lookout", inline=False)
MENTIONS: Final = gathered("lookout", inline=True)
TARGETS: Final = sorted({*gathered("make", inline=False), *gathered("make", inline=True)})


def test_commands_were_found() -> None:
    assert min(len(BLOCKS), len(MENTIONS), len(TARGETS)) >= 5


@pytest.mark.parametrize("arguments", BLOCKS)
def test_a_command_to_type_is_taken(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert complaint(arguments, capsys) == ""


@pytest.mark.parametrize("arguments", MENTIONS)
def test_a_command_that_is_mentioned_exists_with_its_options(
    arguments: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = complaint(arguments, capsys)
    assert said == "" or "required" in said  # a sentence may leave out what a file is called


@pytest.mark.parametrize("arguments", TARGETS)
def test_make_knows_the_target(arguments: str) -> None:
    if not shutil.which("make"):
        pytest.skip("there is no make on this machine")
    asked = subprocess.run(
        ["make", "--dry-run", *shlex.split(arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder as the documents have it: settings, and a ledger that has seen something."""
    for name in ("config.yaml", "changed.yaml"):
        shutil.copy(ROOT / "config.yaml", tmp_path / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOOKOUT_HOME", str(tmp_path))
    with Ledger(address(tmp_path / "ledger.sqlite")) as ledger:
        fill(ledger, [1])
        assert ledger.queue.bury(claim_one(ledger), Undecodable("damaged"))
        example = replace(upload(2), title="File:Example.jpg", uploaded_at=datetime.now(UTC))
        ledger.intake.record(STREAM, [example], None)
        job = claim_one(ledger)
        views = [{"scores": SCORES, "place": ""}]
        decision = Decision("review", rule="explicit", confidence=0.97)
        outcome = Outcome(job=job, decision=decision, scored=scored(job, views=views))
        assert ledger.queue.finish_all([outcome]) == {2}
        assert ledger.backfills.make("category", "Drawings of cats", 3) == 1
    return tmp_path


@pytest.mark.parametrize(
    "arguments", [one for one in sorted({*BLOCKS, *MENTIONS}) if harmless(one)]
)
@pytest.mark.usefixtures("folder")
def test_a_harmless_command_runs(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    if arguments.startswith("backfill resume"):
        assert main(["backfill", "pause", "1"]) == 0
    try:
        code = main(filled_in(arguments))
    except SystemExit as ended:  # --help ends so
        code = int(ended.code or 0)
    if arguments not in BLOCKS and code == USAGE:
        return  # a sentence that leaves out what it is about
    assert code == 0, capsys.readouterr().err


def test_many_commands_are_run() -> None:
    assert sum(map(harmless, {*BLOCKS, *MENTIONS})) > 25
