"""Installing: idempotent, reproducible, and repairing what is damaged."""

import shutil
from pathlib import Path

import pytest

from model.bundle import CARD, TORCHSCRIPT, Bundle, open_bundle
from model.errors import BundleCorrupt
from model.export import export
from model.install import CACHE, install, verify
from model.sources.catalogue import describe
from model.sources.package_files import read_members

pytestmark = pytest.mark.model


@pytest.fixture
def copied(bundle: Bundle, tmp_path: Path) -> Path:
    """A folder of models with the installed bundle and its package, free to be damaged."""
    shutil.copytree(bundle.folder, tmp_path / bundle.name)
    (tmp_path / CACHE).symlink_to(bundle.folder.parent / CACHE)
    return tmp_path


def test_installing_twice_says_so_and_changes_nothing(copied: Path, bundle: Bundle) -> None:
    said: list[str] = []
    before = (copied / bundle.name / TORCHSCRIPT).stat().st_mtime_ns
    install(bundle.name, copied, say=said.append)
    assert "already installed" in said[0]
    assert (copied / bundle.name / TORCHSCRIPT).stat().st_mtime_ns == before


def test_a_damaged_installation_is_repaired_to_the_same_bytes(copied: Path, bundle: Bundle) -> None:
    (copied / bundle.name / TORCHSCRIPT).write_bytes(b"damaged")
    said: list[str] = []
    install(bundle.name, copied, say=said.append)
    assert "damaged" in said[0]
    assert open_bundle(copied, bundle.name).card == bundle.card


def test_a_bundle_described_otherwise_is_converted_anew(copied: Path, bundle: Bundle) -> None:
    older = bundle.card.model_copy(update={"title": "an older description"})
    (copied / bundle.name / CARD).write_text(older.model_dump_json())
    said: list[str] = []
    install(bundle.name, copied, say=said.append)
    assert "older" in said[0]
    assert open_bundle(copied, bundle.name).card == bundle.card


def test_two_builds_give_the_same_bytes(bundle: Bundle) -> None:
    package = bundle.folder.parent / CACHE / describe(bundle.name).package.file
    members = read_members(package, bundle.card.members)
    built = export(bundle.card, members)
    assert built.reference == bundle.card.reference
    assert built.artefacts.keys() == bundle.card.artefacts.keys()
    for file, content in built.artefacts.items():
        assert content == bundle.artefact(file).read_bytes(), file


def test_verifying_refuses_a_model_that_answers_differently(
    copied: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.install.TOLERANCE", 0.0)
    with pytest.raises(BundleCorrupt, match="differs from its original"):
        verify(bundle.name, copied)


def test_verifying_reports_the_largest_difference(copied: Path, bundle: Bundle) -> None:
    assert 0 < verify(bundle.name, copied) <= 1e-4
