"""How many processors may be kept busy, in a container and outside."""

import os
from pathlib import Path

import pytest

from model.processors import available

MINE = len(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("max 100000", MINE),
        ("50000 100000", 1),  # half a processor
        ("100000 100000", 1),
        (f"{(MINE + 3) * 100_000} 100000", MINE),
        ("nonsense", MINE),
    ],
)
def test_a_cgroup_that_pays_for_fewer_is_heeded(
    tmp_path: Path, written: str, expected: int
) -> None:
    quota = tmp_path / "cpu.max"
    quota.write_text(written)
    assert available(quota) == expected


def test_outside_of_a_cgroup_the_affinity_counts(tmp_path: Path) -> None:
    assert available(tmp_path / "absent") == MINE
