"""Networks without trained weights: as large as published, and of no use but to be measured."""

import sys
from pathlib import Path

import pytest
import yaml

import bot.demo
from bot.cli import main
from model.comparison.backbones import BACKBONES, INSTALL, frozen
from model.comparison.report import as_markdown
from model.comparison.untrained import LABELS, freeze_untrained
from model.golden_pictures import golden_pictures

PICTURE = Path(bot.demo.__file__).parent / "media/photographs/coffee.jpg"
CLASSES = 1000
# As https://docs.pytorch.org/vision/0.28/models.html lists them for 1000 classes, in millions and
# thousand millions; InceptionV3 without its auxiliary head. Last, the features its head takes.
PUBLISHED = {
    "untrained-inception-v3": (23.83, 5.71, 2048),
    "untrained-mobilenet-v2": (3.50, 0.30, 1280),
    "untrained-mobilenet-v3-large": (5.48, 0.22, 1280),
    "untrained-efficientnet-b0": (5.29, 0.39, 1280),
    "untrained-resnet-50": (25.56, 4.09, 2048),
}


@pytest.fixture
def no_torchvision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torchvision", None)


@pytest.mark.parametrize("name", BACKBONES)
def test_a_backbone_is_as_large_as_published_but_for_its_head(name: str, tmp_path: Path) -> None:
    backbone = BACKBONES[name]
    size = freeze_untrained(backbone.builder, backbone.options, backbone.edge, tmp_path)
    parameters, multiply_adds, features = PUBLISHED[name]
    removed = (CLASSES - LABELS) * (features + 1)
    assert size.parameters == pytest.approx(parameters * 1e6 - removed, abs=6e3)
    assert size.multiply_adds == pytest.approx(multiply_adds * 1e9, rel=0.03)
    assert size.file_mib * 2**20 == pytest.approx(4 * size.parameters, rel=0.06)


def test_a_frozen_backbone_takes_any_picture_and_is_gone_after() -> None:
    pictures = [golden_pictures(edge)["coffee"] for edge in (60, 300)]
    with frozen(BACKBONES["untrained-mobilenet-v2"]) as (_, open_frozen):
        assert len(open_frozen(threads=1, batch=2).run(pictures)) == 2
    with pytest.raises(ValueError, match="does not exist"):
        open_frozen(threads=1, batch=2)


@pytest.mark.parametrize("name", BACKBONES)
def test_a_backbone_cannot_be_installed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOKOUT_HOME", str(tmp_path))
    assert main(["model", "install", name]) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_backbone_scores_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOOKOUT_HOME", str(tmp_path))
    config = tmp_path / "config.yaml"
    config.write_text(yaml.safe_dump({"model": {"name": "untrained-resnet-50"}}))
    assert main(["score", "--config", str(config), str(PICTURE)]) == 1
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("no_torchvision")
def test_without_torchvision_the_report_says_what_is_left_out() -> None:
    assert f"are left out: it is not installed (`{INSTALL}`)" in as_markdown([])


@pytest.mark.usefixtures("no_torchvision")
def test_without_torchvision_a_backbone_asked_for_by_name_says_how_to_get_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["model", "compare", "untrained-resnet-50"]) == 1
    assert INSTALL in capsys.readouterr().err
