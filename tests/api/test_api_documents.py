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
from support.films import PHOTOGRAPH, film
from support.world import CAT, World

pytestmark = pytest.mark.model
PAGE = (Path(__file__).parents[2] / "docs/api.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^ {4}(curl .*)$", PAGE.replace("\\\n", " "), re.MULTILINE)
ADDRESS = re.compile(r"https://upload\.wikimedia\.org/[^\s\"']+")
NEVER_MET = "/v1/files/"  # this bot watches no uploads, so it knows no file
MARK = "\nstatus "


@pytest.fixture(scope="module")
def clip() -> bytes:
    """A video of a second."""
    return film((PHOTOGRAPH, 1))


@pytest.fixture(scope="module")
def picture(world: World, clip: bytes) -> str:
    """The address of a picture on the wiki; the pictures of the documents are that one."""
    world.upload("Example.jpg", CAT)
    world.upload("Example.webm", clip)
    return world.thumbnail("File:Example.jpg")


@pytest.fixture
def job(api: ApiProcess, clip: bytes) -> str:
    """The number of a job that has ended."""
    answer = api.post("/v1/classify/video", files={"file": ("film.webm", clip)})
    return answer.headers["Location"].rpartition("/")[2]


@pytest.fixture
def folder(tmp_path: Path, clip: bytes) -> Path:
    """A folder with the files that the commands send."""
    for name in ("picture.jpg", "one.jpg", "two.png"):
        (tmp_path / name).write_bytes(CAT)
    (tmp_path / "film.webm").write_bytes(clip)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_is_answered(
    command: str, api: ApiProcess, picture: str, job: str, folder: Path
) -> None:
    if not shutil.which("curl"):
        assert not os.environ.get("CI"), "tests/rig/install.sh brings curl"
        pytest.skip("there is no curl on this machine")
    here = ADDRESS.sub(picture, command.replace("http://127.0.0.1:8080", api.base))
    here = here.replace("/jobs/ID", f"/jobs/{job}")
    program, *arguments = shlex.split(here.replace("…base64…", base64.b64encode(CAT).decode()))
    said = subprocess.run(
        [program, "--silent", "--show-error", "--write-out", MARK + "%{http_code}", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    body, _, status = said.rpartition(MARK)
    assert int(status) == expected(command), body
    if status != "204":
        json.loads(body)


def expected(command: str) -> int:
    """Return the status that the page promises."""
    if "-X DELETE" in command:
        return 204
    if "Example.webm" in command:
        return 202
    return 404 if NEVER_MET in command else 200


def test_commands_were_found() -> None:
    assert len(COMMANDS) >= 5
