"""The rig as pytest fixtures: booted once a run, reset for every test."""

import os
from collections.abc import Iterator

import pytest

from rig.controller import MediaWikiRig
from rig.requirements import missing_requirements


@pytest.fixture(scope="session")
def booted_rig(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MediaWikiRig]:
    """Boot the wiki; without its packages skip on a developer's machine and fail in CI."""
    if missing := missing_requirements():
        verdict = pytest.fail if os.environ.get("CI") else pytest.skip
        verdict(f"run tests/rig/install.sh as root; missing: {', '.join(missing)}")
    snapshots = request.config.cache.mkdir("rig")  # outlives the run, ignored by git
    with MediaWikiRig(tmp_path_factory.mktemp("rig"), snapshots=snapshots) as rig:
        yield rig


@pytest.fixture
def rig(booted_rig: MediaWikiRig) -> Iterator[MediaWikiRig]:
    """Lend the wiki in its first state; what it throws behind the scenes fails the test."""
    booted_rig.reset()
    yield booted_rig
    booted_rig.settle()
    assert not booted_rig.exceptions()
