"""`lookout score` as a user runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from PIL import Image

import bot.demo
from bot.home import models_folder
from model.bundle import Bundle
from model.heat_map import LONGEST_EDGE
from support.models import Installer

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("bundle")]

LOOKOUT = Path(sys.executable).with_name("lookout")
MEDIA = Path(bot.demo.__file__).with_name("media")
DRAWING = min((MEDIA / "drawings").iterdir())
PHOTOGRAPH = MEDIA / "photographs" / "coffee.jpg"
LABELS = {"drawing", "hentai", "neutral", "porn", "sexy"}
DRAWINGS_COUNT = {"name": "drawn", "labels": ["drawing"], "at_least": {"image": 0.5}}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Settings under which a drawing is worth a look."""
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump({"rules": [DRAWINGS_COUNT], "media": {"max_mebibytes": 1}}))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "pictures"
    (path / "deeper").mkdir(parents=True)
    return path


def run(config: Path, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | {"LOOKOUT_HOME": str(models_folder().parent)}
    return subprocess.run(
        [LOOKOUT, "score", "--config", config, *arguments],
        capture_output=True,
        check=False,
        env=environment,
    )


def reports(config: Path, *arguments: str | Path, code: int = 0) -> list[dict[str, Any]]:
    """Return the reports, in order, having checked the exit code and that nothing else is said."""
    done = run(config, "--json", *arguments)
    assert (done.returncode, done.stderr) == (code, b"")
    return [json.loads(line) for line in done.stdout.splitlines()]


def _has_orange(drawn: Image.Image) -> bool:
    red, _, blue = np.asarray(drawn, dtype=np.int16).transpose(2, 0, 1)
    return bool((red - blue > 50).any())


def test_a_file_is_scored_and_judged_by_the_rules(config: Path, bundle: Bundle) -> None:
    drawn, photographed = reports(config, DRAWING, PHOTOGRAPH)
    assert (drawn["path"], drawn["verdict"], drawn["partial"]) == (str(DRAWING), "review", False)
    assert [(hit["rule"], hit["actions"]) for hit in drawn["hits"]] == [("drawn", ["log"])]
    assert drawn["hits"][0]["confidence"] == pytest.approx(drawn["scores"]["drawing"], abs=1e-4)
    assert (photographed["verdict"], photographed["hits"]) == ("cleared", [])
    assert set(photographed["scores"]) == LABELS
    assert sum(photographed["scores"].values()) == pytest.approx(1, abs=1e-5)
    assert photographed["model"].startswith(bundle.name)


def test_folders_are_searched_through_in_order(config: Path, folder: Path) -> None:
    for name in ("b.png", "a.png", "deeper/c.png"):
        Image.new("RGB", (8, 8)).save(folder / name)
    (folder / "deeper" / "back").symlink_to(folder)
    found = [Path(report["path"]).name for report in reports(config, folder)]
    assert found == ["a.png", "b.png", "c.png"]


def test_an_animation_counts_by_its_strongest_frame(config: Path, folder: Path) -> None:
    with Image.open(DRAWING) as drawing:
        frames = [drawing.convert("RGB"), Image.new("RGB", drawing.size, (90, 60, 30))]
    frames[1].save(folder / "animated.webp", save_all=True, append_images=frames[:1], lossless=True)
    (report,) = reports(config, folder)
    assert [view["place"] for view in report["views"]] == [
        "frame 1 (0:00.0)",
        "frame 2 (0:00.1)",
    ]
    assert (report["verdict"], report["hits"][0]["place"]) == ("review", "frame 2 (0:00.1)")
    assert report["scores"]["drawing"] == report["views"][1]["scores"]["drawing"]


@pytest.mark.parametrize("picture", [DRAWING, PHOTOGRAPH], ids=["review", "cleared"])
def test_a_heat_map_shows_where_the_rules_strongest_label_is(
    config: Path, tmp_path: Path, picture: Path
) -> None:
    rule = DRAWINGS_COUNT | {"labels": ["hentai", "drawing"]}
    config.write_text(yaml.safe_dump({"rules": [rule]}))
    (report,) = reports(config, picture, "--explain", tmp_path / "new" / "maps")
    shown = report["heat_map"]
    label = max(("hentai", "drawing"), key=report["scores"].__getitem__)
    assert (shown["rule"], shown["label"], shown["place"]) == ("drawn", label, "")
    assert Path(shown["path"]).parent == tmp_path / "new" / "maps"
    with Image.open(picture) as original, Image.open(shown["path"]) as drawn:
        assert drawn.format == "PNG"
        assert max(drawn.size) == LONGEST_EDGE
        ratio = original.width / original.height
        assert drawn.width / drawn.height == pytest.approx(ratio, rel=0.02)
        assert _has_orange(drawn)


def test_an_animation_is_explained_by_the_frame_that_weighs_most(
    config: Path, folder: Path, tmp_path: Path
) -> None:
    with Image.open(DRAWING) as drawing:
        frames = [Image.new("RGB", drawing.size, (90, 60, 30)), drawing.convert("RGB")]
    frames[1].save(folder / "still.png")
    frames[0].save(folder / "moving.webp", save_all=True, append_images=frames[1:], lossless=True)
    moving, still = reports(config, folder, "--explain", tmp_path / "maps")
    assert moving["heat_map"]["place"] == "frame 2 (0:00.1)"
    drawn = [Path(report["heat_map"]["path"]) for report in (moving, still)]
    assert drawn[0] != drawn[1]
    assert drawn[0].read_bytes() == drawn[1].read_bytes()


def asking(labels: list[str]) -> str:
    """Return settings under which open_nsfw is asked about drawings."""
    opinion = {"name": "open-nsfw", "of": ["drawing"], "low": 0.5, "high": 1.0}
    rule = DRAWINGS_COUNT | {"labels": labels}
    return yaml.safe_dump({"rules": [rule], "model": {"second_opinion": opinion}})


@pytest.mark.parametrize("drawn_first", [True, False])
def test_a_second_model_asked_about_some_frames_is_reported(
    config: Path, folder: Path, installed: Installer, *, drawn_first: bool
) -> None:
    installed("open-nsfw")
    config.write_text(asking(["drawing"]))
    with Image.open(DRAWING) as drawing:
        frames = [drawing.convert("RGB"), Image.new("RGB", drawing.size, (90, 60, 30))]
    first, second = frames if drawn_first else frames[::-1]
    first.save(folder / "moving.webp", save_all=True, append_images=[second], lossless=True)
    (report,) = reports(config, folder)
    asked = ["open-nsfw/nsfw" in view["scores"] for view in report["views"]]
    assert asked == [drawn_first, not drawn_first]
    assert set(report["scores"]) == LABELS | {"open-nsfw/nsfw", "open-nsfw/sfw"}


def test_rules_on_a_second_models_labels_alone_cannot_be_explained(
    config: Path, tmp_path: Path, installed: Installer
) -> None:
    installed("open-nsfw")
    config.write_text(asking(["open-nsfw/nsfw"]))
    done = run(config, DRAWING, "--explain", tmp_path / "maps")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"no rule names a label of nsfwjs-mobilenet-v2-mid" in done.stderr


def test_a_file_that_cannot_be_scored_has_no_heat_map(
    config: Path, folder: Path, tmp_path: Path
) -> None:
    (folder / "noise.jpg").write_bytes(b"\xff\xd8\xff" + bytes(100))
    (report,) = reports(config, folder, "--explain", tmp_path / "maps", code=2)
    assert "heat_map" not in report
    assert list((tmp_path / "maps").iterdir()) == []


def test_a_person_reads_where_the_heat_map_is(config: Path, tmp_path: Path) -> None:
    done = run(config, DRAWING, "--explain", tmp_path / "maps")
    (written,) = (tmp_path / "maps").iterdir()
    assert done.stdout.decode().endswith(f"  heat map of drawing: {written}\n")


def test_heat_maps_that_have_nowhere_to_go_are_refused_before_any_scoring(
    config: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    done = run(config, DRAWING, "--explain", tmp_path / "file")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"no heat maps can be written" in done.stderr


def test_a_cut_file_is_scored_and_marked(config: Path, folder: Path) -> None:
    (folder / "cut.jpg").write_bytes(PHOTOGRAPH.read_bytes()[:5000])
    (report,) = reports(config, folder)
    assert report["partial"]
    assert set(report["scores"]) == LABELS


def test_a_file_that_cannot_be_scored_is_an_error_and_no_verdict(
    config: Path, folder: Path
) -> None:
    (folder / "drawing.svg").write_text("<svg/>")
    (folder / "huge.png").write_bytes(bytes(2**20 + 1))
    (folder / "noise.jpg").write_bytes(b"\xff\xd8\xff" + bytes(100))
    found = reports(config, folder, folder / "absent.png", Path(os.devnull), PHOTOGRAPH, code=2)
    kinds = [report["error"]["kind"] for report in found[:-1]]
    assert kinds == ["Unsupported", "OverLimit", "Undecodable", "FileNotFoundError", "Unsupported"]
    assert all("verdict" not in report for report in found[:-1])
    assert found[-1]["verdict"] == "cleared"


def test_a_person_reads_one_line_a_file_whatever_its_name(config: Path, folder: Path) -> None:
    strange = os.fsencode(folder) + b"/\xff.png"
    with open(strange, "wb") as file:  # noqa: PTH123 - pathlib takes no bytes
        file.write(DRAWING.read_bytes())
    done = run(config, folder, folder / "absent.png")
    assert done.returncode == 2
    scored, failed = done.stdout.decode().splitlines()
    assert scored.startswith("review ")
    assert "drawing 0." in scored or "drawing 1." in scored
    assert failed.startswith("failed ")
    assert "No such file" in failed


def test_rules_for_labels_the_model_does_not_give_are_refused(config: Path) -> None:
    config.write_text(yaml.safe_dump({"rules": [DRAWINGS_COUNT | {"labels": ["gore"]}]}))
    done = run(config, PHOTOGRAPH)
    assert done.returncode == 1
    assert b"rules name the labels gore" in done.stderr


def test_without_a_model_nothing_is_scored(config: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [LOOKOUT, "score", "--config", config, PHOTOGRAPH],
        capture_output=True,
        check=False,
        env=os.environ | {"LOOKOUT_HOME": str(tmp_path)},
    )
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"lookout model install" in done.stderr
