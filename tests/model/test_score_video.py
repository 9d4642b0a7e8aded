"""`lookout score` and videos, as a user runs it."""

import base64
import io
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from PIL import Image

from bot.home import models_folder
from rig.recordings import sound
from support.films import PHOTOGRAPH
from support.videos import MPEG1, THEORA, Shot, colour, drawn, film, plain

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
    ticks = re.findall(r"<text [^>]*>([^<]*)</text>", page)
    assert len(set(ticks)) == len(ticks) == 6
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


def thumbnails(section: str) -> list[tuple[int, ...]]:
    """Return the mean colour of each thumbnail, in the order in which they stand."""
    found = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', section)
    pictures = [Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB") for data in found]
    return [tuple(int(c) for c in np.asarray(one).mean(axis=(0, 1))) for one in pictures]


def near(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return max(abs(a - b) for a, b in zip(found, wanted, strict=True)) < 30


def test_the_page_has_a_section_of_its_own_for_each_of_several_videos(
    config: Path, tmp_path: Path
) -> None:
    red, blue, green = (colour(name) for name in ("#c02020", "#2020c0", "#20a020"))
    films = {
        "first.webm": film([Shot(red, 15), Shot(blue, 15), Shot(red, 15)]),
        "second.ogv": film([Shot(green, 20), Shot(drawn(0), 15)], ".ogv", THEORA),
        "third.mpg": film([Shot(blue, 20)], ".mpg", MPEG1),
    }
    for name, data in films.items():
        (tmp_path / name).write_bytes(data)
    tone = tmp_path / "tone.ogg"
    tone.write_bytes(sound(".ogg", "-c:a", "libvorbis"))
    sheet = tmp_path / "sheet.html"
    paths = [*(tmp_path / name for name in films), tone, PHOTOGRAPH]
    told = run(config, *paths, "--report", sheet, code=2)
    assert [line.split()[0] for line in told.splitlines() if not line.startswith(" ")] == [
        "cleared",
        "review",
        "cleared",
        "failed",
        "cleared",
    ]
    first, second, third = sheet.read_text(encoding="utf-8").split("<section>")[1:]
    for section, name in zip((first, second, third), films, strict=True):
        assert f"<h2>{name}</h2>" in section
        assert section.count("<svg ") == 1
    reds = thumbnails(first)
    assert len(reds) == first.count("<li ") == 3
    assert near(reds[0], (192, 32, 32))
    assert near(reds[1], (32, 32, 192))
    assert near(reds[2], (192, 32, 32))
    greens = thumbnails(second)
    assert len(greens) == 2
    assert near(greens[0], (32, 160, 32))
    assert '<li class="above"' in second
    assert '<li class="above"' not in first + third
    (blues,) = thumbnails(third)
    assert near(blues, (32, 32, 192))
