"""The commands of docs/api.md, run by curl as they stand there, against the real service."""

import base64
import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from support.api import ApiProcess
from support.world import CAT, World

pytestmark = pytest.mark.model
PAGE = (Path(__file__).parents[2] / "docs/api.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^ {4}(curl .*)$", PAGE.replace("\\\n", " "), re.MULTILINE)
ADDRESS = re.compile(r"https://upload\.wikimedia\.org/[^\s\"']+")
NEVER_MET = "/v1/files/"  # this bot watches no uploads, so it knows no file
MARK = "\nstatus "


@pytest.fixture(scope="module")
def picture(world: World) -> str:
    """The address of a picture on the wiki; the files of the documents are that picture."""
    world.upload("Example.jpg", CAT)
    return world.thumbnail("File:Example.jpg")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_is_answered(
    command: str, api: ApiProcess, picture: str, tmp_path: Path
) -> None:
    if not shutil.which("curl"):
        assert not os.environ.get("CI"), "tests/rig/install.sh brings curl"
        pytest.skip("there is no curl on this machine")
    for name in ("picture.jpg", "one.jpg", "two.png"):
        (tmp_path / name).write_bytes(CAT)
    here = ADDRESS.sub(picture, command.replace("http://127.0.0.1:8080", api.base))
    program, *arguments = shlex.split(here.replace("…base64…", base64.b64encode(CAT).decode()))
    said = subprocess.run(
        [program, "--silent", "--show-error", "--write-out", MARK + "%{http_code}", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    body, _, status = said.rpartition(MARK)
    assert status == ("404" if NEVER_MET in command else "200"), body
    json.loads(body)


def test_commands_were_found() -> None:
    assert len(COMMANDS) >= 5
