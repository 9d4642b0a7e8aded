"""The developers' page: its three examples do what it says of them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from PIL import Image

from bot.cli import main
from bot.home import HOME_VARIABLE
from bot.ledger import Ledger
from bot.publish.dryrun import DryRunWiki
from bot.settings.publishing import PublishSettings
from support.ledgers import address, claim_one, fill

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs/developer.md").read_text(encoding="utf-8")


def block(heading: str, language: str, number: int = 0) -> str:
    """Return a fenced block of the section below `heading`."""
    _, _, rest = PAGE.partition(f"\n## {heading}\n")
    section = rest.partition("\n## ")[0]
    found = re.findall(rf"^```{language}\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    return str(found[number])


def python(code: str, folder: Path, **environment: str) -> str:
    """Run a block as a program with the packages below `folder`; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_rule_condition_is_added_by_the_patch(tmp_path: Path) -> None:
    if not shutil.which("git"):
        pytest.skip("there is no git on this machine")
    for package in ("bot", "model"):
        shutil.copytree(ROOT / package, tmp_path / package)
    subprocess.run(
        ["git", "apply", "--recount", "--unidiff-zero", "-"],
        cwd=tmp_path,
        input=_located(block("Add a rule condition", "diff"), tmp_path),
        text=True,
        check=True,
        env={**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)},
    )
    said = python(block("Add a rule condition", "python"), tmp_path)
    assert f"prints `{said.strip()}`" in PAGE
    assert said.strip() == "[True, False, None]"


def _located(patch: str, folder: Path) -> str:
    """Return the patch with its hunks at the lines where their first lines are now."""
    path, lines = "", patch.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if line.startswith("+++ b/"):
            path = line.removeprefix("+++ b/").strip()
        elif line.startswith("@@"):
            text = (folder / path).read_text(encoding="utf-8")
            first = lines[number + 1][1:]
            assert text.count(first) == 1, f"{path}: {first}"
            at = text[: text.index(first)].count("\n") + 1
            lines[number] = f"@@ -{at} +{at} @@\n"
    return "".join(lines)


def test_the_output_writes_its_page_and_only_once(tmp_path: Path) -> None:
    made: dict[str, Any] = {}
    exec(block("Add an output", "python"), made)  # noqa: S102 - our own page
    wiki = DryRunWiki(tmp_path / "wiki")
    wiki.check()
    with Ledger(address(tmp_path / "ledger.sqlite")) as ledger:
        fill(ledger, [1])
        assert ledger.queue.skip(claim_one(ledger), "audio", "nothing to see")
        output = made["SkippedPage"](ledger, wiki, PublishSettings())
        assert output.due()
        output.send()
        assert not output.due()
    assert "\n* audio: 1\n" in wiki.read("User:CommonsLookoutBot/Skipped").text


def test_the_output_is_assembled_by_names_that_are_there() -> None:
    (line,) = block("Add an output", "python", 1).splitlines()
    text = (ROOT / "bot/publish/assembly.py").read_text(encoding="utf-8")
    expected = line.replace("SkippedPage", "StatusPage").replace("publish))", "publish, reviews))")
    assert expected in text


def test_the_model_scores_by_the_settings_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    python(block("Add a model", "python"), ROOT, **{HOME_VARIABLE: str(tmp_path)})
    settings = tmp_path / "config.yaml"
    settings.write_text(block("Add a model", "yaml"), encoding="utf-8")
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    verdicts = {}
    for name, grey in (("bright", 240), ("dark", 10)):
        picture = tmp_path / f"{name}.png"
        Image.new("RGB", (60, 40), (grey, grey, grey)).save(picture)
        assert main(["score", "--config", str(settings), "--json", str(picture)]) == 0
        verdicts[name] = yaml.safe_load(capsys.readouterr().out)["verdict"]
    assert verdicts == {"bright": "review", "dark": "cleared"}
    assert main(["model", "show", "brightness"]) == 0
    assert "It knows nothing but the mean." in capsys.readouterr().out
