"""A model trained here, in the unchanged bot on the miniature Commons."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import main
from model.bundle import Bundle

LOOKOUT = Path(sys.executable).with_name("lookout")
TIMEOUT_S = 240


@pytest.mark.model
def test_it_flags_flat_drawings_and_clears_others(trained: Bundle, tmp_path: Path) -> None:
    done = subprocess.run(
        [LOOKOUT, "demo", "--seconds", "5", "--model", "standin"],
        env={
            **os.environ,
            "LOOKOUT_HOME": str(tmp_path),
            "LOOKOUT_MODELS": str(trained.folder.parent),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert "has loaded standin" in done.stdout
    flagged = re.findall(r"^\* \{\{.*?\|file=(.+?)\|", done.stdout, re.MULTILINE)
    assert {"File:Robot.png", "File:Boat.png", "File:House.png"} <= set(flagged)
    # Learned from a hundred small pictures, it errs on some photographs, but not on these.
    portraits = {"File:Chelsea the cat.jpg", "File:Eileen Collins, 1992.jpg"}
    assert not portraits & set(flagged)


def test_a_model_that_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOOKOUT_MODELS", str(tmp_path))
    assert main(["demo", "--model", "none"]) == 1
    assert "none" in capsys.readouterr().err
