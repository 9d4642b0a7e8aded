"""Asks for known vulnerabilities of the locked packages: `make audit`.

pip-audit (https://github.com/pypa/pip-audit) asks the package index's advisory service. Where no
answer comes, that is said and the exit code is 2: silence is not good news.
"""

import json
import subprocess
import sys
from typing import Any, Final

from supply.lockfile import LOCK

CLEAN: Final = 0
VULNERABLE: Final = 1
NO_ANSWER: Final = 2
PIP_AUDIT: Final = (sys.executable, "-m", "pip_audit")
ARGUMENTS: Final = ("--disable-pip", "--require-hashes", "--progress-spinner", "off", "--strict")


def main() -> int:
    """Print what is known; return the exit code."""
    asked = subprocess.run(
        [*PIP_AUDIT, *ARGUMENTS, "--format", "json", "--requirement", LOCK],
        capture_output=True,
        text=True,
        check=False,
    )
    return report(asked.stdout, asked.stderr)


def report(answer: str, complaints: str) -> int:
    """Print pip-audit's answer for people; return the exit code.

    Args:
        answer: Its standard output, JSON if it got as far as that.
        complaints: Its standard error.
    """
    try:
        packages: list[dict[str, Any]] = json.loads(answer)["dependencies"]
    except (ValueError, KeyError):
        last = (complaints.strip().splitlines() or ["pip-audit said nothing"])[-1]
        print(f"NOT CHECKED: the advisory service gave no answer. {last}")
        print("Nothing is known about the packages. Try again where the service can be reached.")
        return NO_ANSWER
    found = [line for package in packages for line in lines_about(package)]
    print(*found, f"{len(packages)} packages checked, {len(found)} known problems", sep="\n")
    unchecked = [package["name"] for package in packages if "vulns" not in package]
    if unchecked:
        print("NOT CHECKED:", *unchecked)
        return NO_ANSWER
    return VULNERABLE if found else CLEAN


def lines_about(package: dict[str, Any]) -> list[str]:
    """Return a line for each advisory about a package."""
    return [
        f"{package['name']} {package['version']}: {advisory['id']}, "
        f"mended in {', '.join(advisory['fix_versions']) or 'no version yet'}"
        for advisory in package.get("vulns", [])
    ]


if __name__ == "__main__":
    sys.exit(main())
