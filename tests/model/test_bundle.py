"""Bundles on disk: what is written, what is refused."""

import hashlib
from pathlib import Path

import pytest

from model.bundle import CARD, CARD_TEXT, TORCHSCRIPT, installed_bundles, open_bundle, write_bundle
from model.card import Artefact, Card, Reference
from model.errors import BundleCorrupt, BundleMissing
from model.files import replacing_file, replacing_folder
from model.sources.catalogue import DESCRIPTIONS, describe

NAME = "nsfwjs-mobilenet-v2-mid"
CONTENT = b"not a network, but hashed all the same"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    card = Card(
        **DESCRIPTIONS[NAME].model_dump(),
        built_with={"torch": "2.13.0"},
        reference=Reference(size=224, bound=0.05, scores={"noise": (0.1, 0.2, 0.3, 0.2, 0.2)}),
        artefacts={TORCHSCRIPT: Artefact(size=len(CONTENT), sha256=sha256)},
    )
    with replacing_folder(tmp_path / NAME) as folder:
        write_bundle(folder, card, {TORCHSCRIPT: CONTENT})
    return tmp_path


def test_a_written_bundle_opens(models: Path) -> None:
    bundle = open_bundle(models, NAME)
    assert bundle.artefact(TORCHSCRIPT).read_bytes() == CONTENT
    assert installed_bundles(models) == [NAME]


def test_a_missing_bundle_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(BundleMissing, match=f"run `lookout model install {NAME}`"):
        open_bundle(tmp_path, NAME)


def test_one_changed_byte_is_refused(models: Path) -> None:
    path = models / NAME / TORCHSCRIPT
    path.write_bytes(CONTENT.replace(b"hashed", b"Hashed"))
    with pytest.raises(BundleCorrupt, match=f"run `lookout model install {NAME}`"):
        open_bundle(models, NAME)


def test_an_absent_artefact_is_refused(models: Path) -> None:
    (models / NAME / TORCHSCRIPT).unlink()
    with pytest.raises(BundleCorrupt, match="is gone"):
        open_bundle(models, NAME)


def test_a_damaged_card_is_refused(models: Path) -> None:
    card = models / NAME / CARD
    card.write_text(card.read_text()[:-20])
    with pytest.raises(BundleCorrupt, match="cannot be read"):
        open_bundle(models, NAME)


def test_a_bundle_under_another_name_is_refused(models: Path) -> None:
    (models / NAME).rename(models / "other")
    with pytest.raises(BundleCorrupt, match="holds the model"):
        open_bundle(models, "other")


def test_the_readable_card_states_licence_caveats_and_hash(models: Path) -> None:
    text = (models / NAME / CARD_TEXT).read_text()
    assert "Permission is hereby granted" in text
    assert "without consent" in text
    assert hashlib.sha256(CONTENT).hexdigest() in text


def write_half_a_folder(target: Path) -> None:
    with replacing_folder(target) as folder:
        (folder / TORCHSCRIPT).write_bytes(b"half")
        raise OSError("disk full")


def write_half_a_file(target: Path) -> None:
    with replacing_file(target) as file:
        file.write_bytes(b"half")
        raise OSError("disk full")


def test_a_failed_write_leaves_the_old_folder(models: Path) -> None:
    with pytest.raises(OSError, match="disk full"):
        write_half_a_folder(models / NAME)
    assert open_bundle(models, NAME).artefact(TORCHSCRIPT).read_bytes() == CONTENT
    assert [path.name for path in models.iterdir()] == [NAME]


def test_a_failed_download_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="disk full"):
        write_half_a_file(tmp_path / "package")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(BundleMissing, match=NAME):
        describe("nudenet")
