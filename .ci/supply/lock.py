"""Writes `requirements.lock`: `make lock`.

pip resolves the requirements of setup.cfg and reports what it would install, with the hash of
every file (https://pip.pypa.io/en/stable/reference/installation-report/). Names, versions and
hashes are kept, addresses are not: where the files come from is the installer's own affair.
"""

import json
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from packaging.utils import canonicalize_name

from supply.lockfile import LOCK, Locked, as_text, public, required

MACHINE: Final = ("3.11", "Linux", "x86_64")
PIP: Final = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
RESOLVE: Final = ("--dry-run", "--ignore-installed", "--only-binary", ":all:", "--report")


def main(options: list[str]) -> None:
    """Resolve and write.

    Raises:
        SystemExit: This is another kind of machine than the lock is for, or torch is no CPU build.
    """
    here = (f"3.{sys.version_info.minor}", platform.system(), platform.machine())
    if here != MACHINE:
        raise SystemExit(f"The lock is for {' '.join(MACHINE)}, this is {' '.join(here)}.")
    locked = locked_packages(resolve(options))
    LOCK.write_text(as_text(locked), encoding="utf-8")
    print(f"{LOCK.name}: {len(locked)} packages")


def resolve(options: list[str]) -> dict[str, Any]:
    """Return pip's report on what it would install."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        wanted = [str(requirement) for requirement in required().values()]
        subprocess.run([*PIP, *RESOLVE, report, *options, *wanted], check=True)
        answer: dict[str, Any] = json.loads(report.read_bytes())
    return answer


def locked_packages(report: dict[str, Any]) -> dict[str, Locked]:
    """Return what a report of pip says, by canonical name."""
    locked: dict[str, Locked] = {}
    for item in report["install"]:
        name, version = canonicalize_name(item["metadata"]["name"]), item["metadata"]["version"]
        if name == "torch" and not version.endswith("+cpu"):
            raise SystemExit(
                f"pip found torch {version}, which is no CPU-only build: "
                "see docs/install.md, and name one with PIP_FLAGS."
            )
        hashes = item["download_info"]["archive_info"]["hashes"]
        locked[name] = Locked(public(version), hashes["sha256"])
    return locked


if __name__ == "__main__":
    main(sys.argv[1:])
