"""The bill of materials: valid by CycloneDX' own schema, complete, and the same each time."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from model.sources.catalogue import DESCRIPTIONS
from supply.lockfile import read_lock, required
from supply.sbom import bill

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def text() -> str:
    """The bill as JSON."""
    return bill()


@pytest.fixture(scope="module")
def components(text: str) -> dict[str, Any]:
    """Its components by reference."""
    return {one["bom-ref"]: one for one in json.loads(text)["components"]}


def test_it_is_valid(text: str) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_it_names_every_locked_package_with_its_hash(components: dict[str, Any]) -> None:
    hashes = {
        one["name"]: one["hashes"][0]["content"]
        for one in components.values()
        if one["type"] == "library"
    }
    assert hashes == {name: package.sha256 for name, package in read_lock().items()}


def test_it_names_every_model_and_the_pinned_package_it_is_built_from(
    text: str, components: dict[str, Any]
) -> None:
    built_from = {one["ref"]: one.get("dependsOn") for one in json.loads(text)["dependencies"]}
    for name, description in DESCRIPTIONS.items():
        assert components[f"model/{name}"]["type"] == "machine-learning-model"
        (reference,) = built_from[f"model/{name}"]
        assert components[reference]["hashes"] == [
            {"alg": "SHA-256", "content": description.package.sha256}
        ]


def test_the_program_depends_on_what_it_requires(text: str) -> None:
    depends = {one["ref"]: one.get("dependsOn", []) for one in json.loads(text)["dependencies"]}
    wanted = {f"pypi/{name}" for name in required()} | {f"model/{name}" for name in DESCRIPTIONS}
    assert set(depends["commons-lookout"]) == wanted
    assert "pypi/urllib3" in depends["pypi/requests"]


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_writes_the_same_bytes(seed: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / "new" / "sbom.json"
    subprocess.run(
        [sys.executable, "-m", "supply.sbom", file],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": ".ci", "PYTHONHASHSEED": seed},
        check=True,
    )
    assert file.read_text(encoding="utf-8") == text
