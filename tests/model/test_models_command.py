"""`lookout model …` as a user types it."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from bot.cli import main
from model.bundle import DEFAULT_BUNDLE, Bundle
from model.comparison.chart import bar_chart
from model.golden_pictures import golden_pictures


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOOKOUT_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("empty_home")
def test_the_list_names_what_could_be_installed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert all("not installed" in line for line in lines)


@pytest.mark.usefixtures("empty_home")
@pytest.mark.parametrize("action", ["verify", "show", "compare"])
def test_without_a_model_the_command_to_install_it_is_named(
    action: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["model", action]) == 1
    assert f"lookout model install {DEFAULT_BUNDLE}" in capsys.readouterr().err


@pytest.mark.model
@pytest.mark.usefixtures("bundle")
def test_verify_and_show_answer_about_the_installed_model(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["model", "verify"]) == 0
    assert re.search(
        r"hashes match, scores differ by at most \d\.\de-0[5-9]", capsys.readouterr().out
    )
    assert main(["model", "show"]) == 0
    assert "## Caveats" in capsys.readouterr().out


@pytest.mark.model
def test_compare_writes_cost_accuracy_and_charts(
    installed: Callable[[str], Bundle], tmp_path: Path
) -> None:
    installed(DEFAULT_BUNDLE)
    for folder, name in {"positive": "chelsea", "negative": "coffee"}.items():
        (tmp_path / folder).mkdir()
        Image.fromarray(golden_pictures(224)[name]).save(tmp_path / folder / "picture.png")
    names = [DEFAULT_BUNDLE, "untrained-mobilenet-v2"]
    command = ["model", "compare", *names, "--data", str(tmp_path)]
    assert main([*command, "--positive", "drawing", "--write", str(tmp_path)]) == 0
    report = (tmp_path / "comparison.md").read_text()
    assert "| nsfwjs MobileNetV2Mid | 4.30 M | 0.58 G | 16.5 MiB |" in report
    assert "| 1 | 1 | 0 | 1.000 (0.342 to 1.000) |" in report
    assert "| MobileNetV2 (untrained: cost only) | 2.23 M | 0.30 G | 8.4 MiB |" in report
    assert "(untrained: cost only)" not in report[report.index("## Accuracy") :]
    for chart in re.findall(r"!\[\w+\]\((.+)\)", report):
        ET.parse(tmp_path / chart)  # noqa: S314 - written a moment ago


def test_bars_are_as_long_as_their_values() -> None:
    drawn = ET.fromstring(bar_chart("Speed & size", {"a": 10.0, "b < c": 40.0}, "ms"))  # noqa: S314
    lengths = [float(bar.attrib["width"]) for bar in drawn.iter("{http://www.w3.org/2000/svg}rect")]
    assert lengths[1] == pytest.approx(4 * lengths[0], rel=0.01)
