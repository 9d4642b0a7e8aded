"""A disk that fills up: the bot stops and says so, and the ledger is whole."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest

from bot.ledger import Ledger
from support.ledgers import STREAM, Child, address, fill, intact

DISK_BYTES = 1024 * 1024
BALLAST_BYTES = 128 * 1024


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one mebibyte; only root may mount one, and not in every container."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(place)]
    if not which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small file system cannot be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def goes_on(path: Path, kept: int) -> None:
    """Check that the ledger is whole, holds what was acknowledged, and takes more."""
    with Ledger(address(path)) as ledger:
        assert ledger.census.take().seen == kept
        assert ledger.intake.position(STREAM) == kept - 1
        assert fill(ledger, [kept + 1], position=kept + 1) == 1
    assert intact(path)


def test_on_a_full_disk_the_bot_stops_and_loses_nothing(tiny_disk: Path, child: Child) -> None:
    ballast = tiny_disk / "ballast"
    ballast.write_bytes(bytes(BALLAST_BYTES))
    path = tiny_disk / "ledger.sqlite"
    end = json.loads(child("overfill", "unlimited", at=address(path)).communicate()[0])
    assert end["error"] == "LedgerUnusable"
    assert end["seen"] == end["kept"] > 10
    ballast.unlink()
    goes_on(path, end["kept"])


def test_at_the_limit_of_file_size_the_bot_stops_and_loses_nothing(
    path: Path, child: Child
) -> None:
    end = json.loads(child("overfill", str(DISK_BYTES), at=address(path)).communicate()[0])
    assert end["error"] == "LedgerUnusable"
    assert end["seen"] == end["kept"] > 10
    goes_on(path, end["kept"])
