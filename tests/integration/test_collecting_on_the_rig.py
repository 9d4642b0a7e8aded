"""A data set from categories of a real MediaWiki."""

import io
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
import yaml
from numpy.random import Generator
from PIL import Image

from bot.cli import main
from model.training.dataset.manifest import Dataset
from model.training.dataset.split import straddling
from rig import MediaWikiRig
from rig.faults import answer
from rig.media import sample
from standin import drawings, photographs

pytestmark = [pytest.mark.rig, pytest.mark.timeout(180)]
UPLOADERS = ("Admin", "RigBot", "Uploader", "Reviewer")
EDGE = 120
SKETCHES, DIGITS, PHOTOGRAPHS = "Category:Sketches", "Category:Digits", "Category:Photographs"
KINDS: dict[str, tuple[Callable[[Generator, int], Image.Image], str]] = {
    "Shape": (drawings.shapes, f"[[{SKETCHES}]]"),
    "Digit": (drawings.digits, f"[[{DIGITS}]] [[{SKETCHES}]]"),
    "Photograph": (photographs.crops, f"[[{PHOTOGRAPHS}]]"),
    "Texture": (photographs.textures, f"[[{PHOTOGRAPHS}]]"),
    "Deep": (drawings.digits, f"[[{DIGITS}]]"),
}
LICENCES = ("CC-BY-SA-4.0", "CC-BY-4.0")


@pytest.fixture
def filled(rig: MediaWikiRig) -> MediaWikiRig:
    """Twenty pictures of four people in three categories, two of which lie in each other."""
    admin = rig.client("Admin")
    admin.edit(DIGITS, f"[[{SKETCHES}]]")
    admin.edit(SKETCHES, f"[[{DIGITS}]]")
    admin.upload("Tone.wav", sample("Tone.wav").bytes, text=f"[[{PHOTOGRAPHS}]]")
    for number, (kind, (draw, text)) in enumerate(KINDS.items()):
        for place, account in enumerate(UPLOADERS):
            content = io.BytesIO()
            draw(np.random.default_rng([number, place]), EDGE).save(content, "JPEG")
            page = f"{{{{Information|author=A & {account}}}}} {{{{{LICENCES[place % 2]}}}}} {text}"
            name = f"{kind} {place}.jpg"
            rig.client(account).upload(name, content.getvalue(), text=page)
    rig.settle()
    return rig


def build(rig: MediaWikiRig, folder: Path, *told: str) -> int:
    wiki = {"api": rig.api_url, "file_hosts": [urlsplit(rig.api_url).netloc]}
    config = folder / "config.yaml"
    config.write_text(yaml.safe_dump({"wiki": wiki}), encoding="utf-8")
    return main(["dataset", "build", *told, "--to", str(folder / "set"), "--config", str(config)])


def asked(rig: MediaWikiRig) -> int:
    return len([request for request in rig.requests("/images/") if request.status == 200])


def test_categories_become_labels_with_licence_author_and_uploader(
    filled: MediaWikiRig,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.collecting.categories.MEMBERS_PER_REQUEST", 3)
    filled.http_faults(
        [
            answer(429, "cmcontinue", count=1, retry_after=1),
            answer(503, "Shape_1", count=1, retry_after=1),
        ]
    )
    categories = [f"{SKETCHES}=drawing+art", f"{PHOTOGRAPHS}=photograph"]
    told = [word for category in categories for word in ("--commons", category)]
    assert build(filled, tmp_path, *told, "--depth", "3") == 0
    output = capsys.readouterr()
    assert "20 pictures" in output.out
    assert "1 no picture" in output.out
    assert output.err.count("waiting for 1 s") == 2
    dataset = Dataset.read(tmp_path / "set")
    assert Counter(entry.label for entry in dataset.entries) == {"drawing": 12, "photograph": 8}
    assert {entry.uploader for entry in dataset.entries} == set(UPLOADERS)
    assert {entry.licence for entry in dataset.entries} == set(LICENCES)
    assert {entry.author for entry in dataset.entries} == {f"A & {name}" for name in UPLOADERS}
    assert {entry.tags for entry in dataset.entries if entry.label == "drawing"} == {("art",)}
    assert all(entry.page.rpartition("/")[2].startswith("File:") for entry in dataset.entries)
    assert straddling(dataset.entries) == []
    fetched = asked(filled)
    assert build(filled, tmp_path, *told, "--depth", "3") == 0
    assert ", 0 of them new" in capsys.readouterr().out
    assert asked(filled) == fetched
    build(filled, tmp_path, *told)
    assert f"{SKETCHES}: 8 files as drawing" in capsys.readouterr().err
    build(filled, tmp_path, *told, "--depth", "1", "--files", "5")
    output = capsys.readouterr()
    assert f"{SKETCHES}: 5 files as drawing" in output.err
    assert f"{PHOTOGRAPHS}: 5 files as photograph" in output.err
    assert "pictures were removed" in output.out  # of what is no longer wanted


def test_what_cannot_be_meant_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for told in ("Sketches=drawing", SKETCHES, f"{SKETCHES}=a/b"):
        with pytest.raises(SystemExit):
            main(["dataset", "build", "--commons", told, "--to", str(tmp_path / "set")])
        assert "label" in capsys.readouterr().err
    assert main(["dataset", "build", "--to", str(tmp_path / "set")]) == 1
    assert "--commons CATEGORY=LABEL" in capsys.readouterr().err
