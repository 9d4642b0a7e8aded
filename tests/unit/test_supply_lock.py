"""The lock, the requirements and what is installed are one and the same set."""

import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from supply.closure import closure
from supply.lock import MACHINE, locked_packages
from supply.lockfile import HEADER, LOCK, as_text, public, read_lock, required

same_machine = pytest.mark.skipif(
    (f"3.{sys.version_info.minor}", platform.system(), platform.machine()) != MACHINE
    or not version("torch").endswith("+cpu"),
    reason="the lock is for another machine, or for another build of torch",
)
REMEDY = "run `make lock` and `make licences`"


def test_every_requirement_is_locked_at_its_version() -> None:
    locked = read_lock()
    assert set(required()) - set(locked) == set(), REMEDY
    differing = [
        str(requirement)
        for name, requirement in required().items()
        if locked[name].version not in requirement.specifier
    ]
    assert differing == [], REMEDY


@same_machine
def test_what_is_installed_is_what_is_locked() -> None:
    installed = {
        name: public(package.version) for name, package in closure(required().values()).items()
    }
    locked = {name: package.version for name, package in read_lock().items()}
    # A virtual environment brings its own, and torch takes any.
    installed["setuptools"] = locked["setuptools"]
    assert installed == locked, REMEDY


@same_machine
def test_pip_takes_the_lock_and_would_install_nothing_else(tmp_path: Path) -> None:
    """The command of docs/supply.md, without a network: all that it asks for is there."""
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    lock = tmp_path / LOCK.name
    kept = [line for line in lines if not line.startswith("setuptools==")]  # as above
    lock.write_text("\n".join(kept) + "\n", encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install"]
    offline = ["--no-index", "--no-deps", "--dry-run"]
    subprocess.run([*pip, *offline, "--require-hashes", "-r", lock], check=True)


def test_the_lock_is_written_as_it_is_read_and_names_no_host() -> None:
    text = LOCK.read_text(encoding="utf-8")
    assert text == as_text(read_lock())
    assert text.startswith(HEADER)
    assert "//" not in text


def report_on(name: str, full_version: str) -> dict[str, object]:
    """Return a report as pip writes it, on one package."""
    archive = {"archive_info": {"hashes": {"sha256": "0" * 64}}}
    metadata = {"name": name, "version": full_version}
    return {"install": [{"metadata": metadata, "download_info": archive}]}


def test_a_torch_that_is_no_cpu_build_is_not_locked() -> None:
    assert locked_packages(report_on("torch", "2.13.0+cpu"))["torch"].version == "2.13.0"
    with pytest.raises(SystemExit, match="no CPU-only build"):
        locked_packages(report_on("torch", "2.13.0"))


def test_names_are_canonical() -> None:
    assert list(locked_packages(report_on("Typing_Extensions", "4"))) == ["typing-extensions"]
