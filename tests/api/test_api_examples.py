"""The examples are executed: curl, Python, and the user script in Chromium."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from support.api import ApiProcess
from support.scripted import Reply, ScriptedServer, in_turn
from support.world import MEDIA, World

pytestmark = pytest.mark.model
ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
CAT = MEDIA / "drawings/cat_in_pencil.jpg"
PAGE = b"<!DOCTYPE html><title>x</title><div id=content><div id=mw-content-text>a file</div></div>"
SECONDS = 120


def run(api: ApiProcess, *command: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LOOKOUT_API": api.base}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS
    )


def test_curl(api: ApiProcess, tmp_path: Path) -> None:
    if not shutil.which("curl"):
        (pytest.fail if os.environ.get("CI") else pytest.skip)("curl is missing")
    done = run(api, "sh", EXAMPLES / "classify.sh", CAT)
    assert done.returncode == 0, done.stderr
    assert '"label":"drawing"' in done.stdout
    (tmp_path / "notes.txt").write_text("no picture", encoding="utf-8")
    refused = run(api, "sh", EXAMPLES / "classify.sh", tmp_path / "notes.txt")
    assert refused.returncode
    assert '"status":415' in refused.stdout


def test_python(api: ApiProcess, world: World, tmp_path: Path) -> None:
    world.upload("By example.jpg", CAT.read_bytes())
    done = run(api, sys.executable, EXAMPLES / "classify.py", CAT, "File:By example.jpg")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("drawing 0.") == 2
    (tmp_path / "notes.txt").write_text("no picture", encoding="utf-8")
    refused = run(api, sys.executable, EXAMPLES / "classify.py", tmp_path / "notes.txt")
    assert refused.returncode == 1
    assert refused.stdout.startswith("failed: ")


@pytest.mark.parametrize(
    "case",
    [
        ("3.jpg", 6, "Automated suggestion by Commons Lookout: porn 0.90, review (model@1)"),
        ("Nobody knows this.jpg", 6, "Automated suggestion by Commons Lookout: nothing known"),
        ("3.jpg", 0, ""),
    ],
)
def test_the_user_script(
    known: ApiProcess,
    other_host: ScriptedServer,
    browser: Browser,
    case: tuple[str, int, str],
) -> None:
    title, namespace, shown = case
    page = browser.new_page()
    other_host.script = in_turn(Reply(body=PAGE))
    page.goto(other_host.url)
    page.evaluate(
        """([api, title, namespace]) => {
            window.mw = { config: new Map( [
                [ 'wgTitle', title ], [ 'wgNamespaceNumber', namespace ]
            ] ) };
            window.commonsLookout = { api };
        }""",
        [known.base, title, namespace],
    )
    page.add_script_tag(path=EXAMPLES / "commons-user-script.js")
    if shown:
        page.wait_for_selector("#commons-lookout", timeout=1000 * SECONDS)
        assert page.inner_text("#commons-lookout").startswith(shown)
    else:
        assert page.query_selector("#commons-lookout") is None
    page.close()
