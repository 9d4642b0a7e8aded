"""`lookout score` and videos, as a user runs it."""

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.home import models_folder
from rig.recordings import sound
from support.videos import Shot, drawn, film, plain

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("bundle")]

LOOKOUT = Path(sys.executable).with_name("lookout")
RULE = {"name": "drawn", "labels": ["drawing"], "at_least": {"image": 0.5, "video": 0.5}}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Settings under which a drawing is worth a look."""
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump({"rules": [RULE]}))
    return path


@cache
def clip() -> bytes:
    """Return 4.5 s of which the seconds from 2 to 3.5 show a drawing."""
    return film([Shot(plain(0), 20), Shot(drawn(0), 15), Shot(plain(1), 10)])


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "a <clip>.webm"
    path.write_bytes(clip())
    return path


def run(config: Path, *arguments: str | Path, code: int = 0) -> str:
    done = subprocess.run(
        [LOOKOUT, "score", "--config", config, *arguments],
        capture_output=True,
        check=False,
        env=os.environ | {"LOOKOUT_HOME": str(models_folder().parent)},
    )
    assert (done.returncode, done.stderr) == (code, b"")
    return done.stdout.decode()


def report(config: Path, *arguments: str | Path, code: int = 0) -> dict[str, Any]:
    (line,) = run(config, "--json", *arguments, code=code).splitlines()
    told: dict[str, Any] = json.loads(line)
    return told


def test_scenes_and_times_are_told_to_programs(config: Path, video: Path) -> None:
    told = report(config, video)
    assert (told["verdict"], told["partial"]) == ("review", False)
    assert told["hits"][0]["place"] == "0:02"
    (figures,) = told["video"]["rules"]
    assert figures["rule"] == "drawn"
    assert 2 <= figures["at_s"] < 3.5
    assert figures["longest_run_s"] == pytest.approx(1.5, abs=0.1)
    assert figures["share_above"] == pytest.approx(1.5 / 4.5, abs=0.05)
    starts = [scene["start_s"] for scene in told["video"]["scenes"]]
    assert starts == pytest.approx([0, 2, 3.5], abs=0.05)
    assert "lines" not in told


def test_a_person_reads_scenes_and_times_and_opens_a_page_that_stands_alone(
    config: Path, video: Path, tmp_path: Path
) -> None:
    sheet = tmp_path / "sheet.html"
    first, *lines = run(config, video, "--report", sheet).splitlines()
    assert first.startswith(f"review    {video}")
    assert "0:04 of vp9, 320 x 240: 3 scenes" in lines[0]
    marked = [line for line in lines if line.strip().startswith("*")]
    assert len(marked) == 1
    assert "0:02.0 to 0:03.5" in marked[0]
    page = sheet.read_text(encoding="utf-8")
    assert "a &lt;clip&gt;.webm" in page
    assert "<clip>" not in page
    assert page.count("<img ") == page.count('type="checkbox"') == 3
    assert re.search(r"img \{[^}]*filter: blur", page)
    assert page.count("<rect") == 3
    assert page.count('class="above"') == 2  # its bar and its card
    assert not re.search(r"https?:|<script|src=\"(?!data:)|url\(", page)
    assert "automated suggestion" in page


def test_a_video_over_a_limit_is_watched_in_part_and_said_so(config: Path, video: Path) -> None:
    config.write_text(yaml.safe_dump({"rules": [RULE], "video": {"max_mebibytes": 1}}))
    with video.open("ab") as grown:
        grown.write(bytes(2**20))
    told = report(config, video)
    assert told["partial"]
    assert any("bytes" in reason for reason in told["video"]["reasons"])


def test_a_sound_is_an_error_with_a_reason(config: Path, tmp_path: Path) -> None:
    path = tmp_path / "tone.ogg"
    path.write_bytes(sound(".ogg", "-c:a", "libvorbis"))
    error = report(config, path, code=2)["error"]
    assert error["kind"] == "NoPictures"
    assert "sound" in error["message"]
