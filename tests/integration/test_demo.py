"""`lookout demo`, for real: the bot as a process, the model, the miniature Commons."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.demo.botprocess import BotProcess
from bot.home import models_folder
from model.bundle import DEFAULT_BUNDLE

LOOKOUT = Path(sys.executable).with_name("lookout")
TIMEOUT_S = 120
SHORT_S = 5
POLL_S = 0.05
DRAWINGS = {
    "File:Astronaut, Bleistift.jpg",  # its thumbnail was late
    "File:Chelsea in pencil.jpg",
    "File:Chelsea, watercolour.jpg",  # the second version; the first is a photograph
    "File:Photographer in pencil.jpg",
    "File:Photographer, watercolour.jpg",
    "File:Slideshow.webm",
    "File:Two drawings.pdf",
}


def lookout_demo(home: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [LOOKOUT, "demo", "--seconds", str(SHORT_S), *options],
        env={**os.environ, "LOOKOUT_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )


@pytest.mark.model
def test_the_demonstration_ends_with_a_page_of_drawings_and_every_upload_accounted_for(
    tmp_path: Path,
) -> None:
    (tmp_path / "models").symlink_to(models_folder())
    done = lookout_demo(tmp_path)
    assert done.returncode == 0, done.stderr + done.stdout
    entries = re.findall(
        r"^\* \{\{Commons Lookout entry\|key=\d+\|file=(.+?)\|", done.stdout, re.MULTILINE
    )
    assert len(entries) == len(set(entries))
    assert set(entries) == DRAWINGS
    assert "|time=p. 2|" in done.stdout
    assert "|time=0:0" in done.stdout
    assert re.search(r"scored +23 +16 cleared, 7 review", done.stdout)
    assert re.search(r"skipped +3 +1 audio, 1 gone, 1 superseded", done.stdout)
    assert re.search(r"dead +1 +1 Undecodable", done.stdout)
    (page,) = (tmp_path / "demo").glob("review-*.html")
    assert page.as_uri() in done.stdout
    assert page.read_text(encoding="utf-8").count("<button") == len(DRAWINGS)


@pytest.mark.model
def test_a_damaged_model_is_named_before_anything_starts(tmp_path: Path) -> None:
    shutil.copytree(models_folder() / DEFAULT_BUNDLE, tmp_path / "models" / DEFAULT_BUNDLE)
    largest = max((tmp_path / "models").rglob("*.ts"), key=lambda path: path.stat().st_size)
    largest.write_bytes(largest.read_bytes()[:-1])
    done = lookout_demo(tmp_path)
    assert done.returncode == 1
    assert largest.name in done.stderr
    assert "uploads" not in done.stdout


def test_a_bot_that_ends_early_leaves_its_last_words(tmp_path: Path) -> None:
    with BotProcess(tmp_path, {"streem": {}}, lambda _: None) as bot:
        assert bot.command[1] == "run"
        while bot.exit_code is None:
            time.sleep(POLL_S)
        bot.end()
    assert bot.exit_code == 1
    assert "streem" in bot.last_lines
