"""What is installed is whole: Toolforge installs the program as a package, not as a clone."""

import configparser
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def tracked() -> list[Path]:
    """Return the program's files as git knows them, relative to the project."""
    listed = subprocess.run(
        ["git", "ls-files", "bot", "model"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("this is no clone")
    return [Path(line) for line in listed.stdout.splitlines()]


def package_data() -> dict[str, list[str]]:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    data = setup["options.package_data"]
    return {name: [glob.strip() for glob in data[name].split(",")] for name in data}


def test_every_folder_with_code_is_a_package() -> None:
    folders = {path.parent for path in tracked() if path.suffix == ".py"}
    assert [folder for folder in folders if not (ROOT / folder / "__init__.py").exists()] == []


def test_every_other_file_is_data_of_its_package() -> None:
    packed = {
        path.relative_to(ROOT)
        for package, globs in package_data().items()
        for glob in globs
        for path in (ROOT / package).glob(glob)
    }
    assert {path for path in tracked() if path.suffix != ".py"} - packed == set()
