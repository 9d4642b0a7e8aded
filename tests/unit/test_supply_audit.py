"""The audit says what it knows, and says plainly when it knows nothing."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from supply.audit import CLEAN, NO_ANSWER, VULNERABLE, report

ROOT = Path(__file__).parents[2]
NOBODY_LISTENS = "http://127.0.0.1:9"


def answer(*vulnerabilities: Mapping[str, object]) -> str:
    package = {"name": "some", "version": "1.0", "vulns": vulnerabilities}
    return json.dumps({"dependencies": [package], "fixes": []})


def test_no_advisory_is_a_pass(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(answer(), "") == CLEAN
    assert "1 packages checked, 0 known problems" in capsys.readouterr().out


def test_an_advisory_fails_and_names_the_version_to_go_to(
    capsys: pytest.CaptureFixture[str],
) -> None:
    known = {"id": "PYSEC-1", "fix_versions": ["1.1"]}
    assert report(answer(known, {"id": "PYSEC-2", "fix_versions": []}), "") == VULNERABLE
    assert capsys.readouterr().out.splitlines()[:2] == [
        "some 1.0: PYSEC-1, mended in 1.1",
        "some 1.0: PYSEC-2, mended in no version yet",
    ]


@pytest.mark.parametrize("silence", ["", "<html>", "{}"])
def test_no_answer_is_no_pass(silence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(silence, "trying\nConnection refused\n") == NO_ANSWER
    assert "NOT CHECKED" in (said := capsys.readouterr().out)
    assert "Connection refused" in said


def test_a_package_that_was_left_out_is_no_pass(capsys: pytest.CaptureFixture[str]) -> None:
    left_out = {"name": "some", "skip_reason": "not found"}
    assert report(json.dumps({"dependencies": [left_out]}), "") == NO_ANSWER
    assert "NOT CHECKED: some" in capsys.readouterr().out


def test_a_service_that_cannot_be_reached_is_said_by_the_real_program() -> None:
    proxies = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "https_proxy"), NOBODY_LISTENS)
    asked = subprocess.run(
        [sys.executable, "-m", "supply.audit"],
        cwd=ROOT,
        env={**os.environ, **proxies, "PYTHONPATH": ".ci", "NO_PROXY": "", "no_proxy": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == NO_ANSWER, asked.stderr
    assert "NOT CHECKED: the advisory service gave no answer." in asked.stdout
