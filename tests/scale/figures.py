"""What was measured, read from docs/benchmarks.md; and what is assumed, each with its reason."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
BENCHMARKS: Final = ROOT / "docs/benchmarks.md"
KB: Final = 1000
MS: Final = 1e-3
DAY_S: Final = 86_400.0
HOURS_A_DAY: Final = 24


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians that `make bench` printed. Seconds, bytes, and numbers for one file."""

    processor_s: float  # of the whole bot
    ledger_s: float  # of the ledger's transactions, by the clock
    calls: float  # of api.php
    fetches: float  # from the file hosts
    fetched_bytes: float  # of one thumbnail
    stored_bytes: float  # in the ledger


@dataclass(frozen=True, slots=True)
class Assumed:
    """What nobody here can measure. Each is a parameter of `make scale`."""

    files: int = 144_000_000  # on Commons in April 2025 (diff.wikimedia.org)
    uploads_per_day: int = 58_000  # the mean of 2022 to 2025, from the totals of both years
    fetch_s: float = 0.1  # a thumbnail, from asking to the last byte, without our own limits
    call_s: float = 0.3  # api.php with twenty titles
    core_hour: float = 0.04  # US dollars; a shared core with 4 GiB at a large provider, about


def measured(path: Path = BENCHMARKS) -> Measured:
    """Read the figures; a row that is missing is a KeyError with its name."""
    rows = {
        cells[0]: cells[1] for cells in map(_cells, path.read_text("utf-8").splitlines()) if cells
    }

    def figure(name: str) -> float:
        found = re.search(r": ([\d.,]+)", rows[name])
        assert found, rows[name]
        return float(found[1].replace(",", ""))

    return Measured(
        processor_s=figure("processor time of an upload") * MS,
        ledger_s=_beside(path, "scoring / ledger as the bot uses it, wall time") * MS,
        calls=figure("calls of api.php for an upload"),
        fetches=figure("requests to the file host for an upload"),
        fetched_bytes=figure("bytes of a thumbnail") * KB,
        stored_bytes=figure("bytes of an upload in the ledger"),
    )


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("| ").split("|")] if line.startswith("| ") else []


def _beside(path: Path, name: str) -> float:
    for line in path.read_text("utf-8").splitlines():
        cells = _cells(line)
        if cells and cells[0] == name and (found := re.search(r": ([\d.,]+)", cells[2])):
            return float(found[1])
    raise KeyError(name)
