"""`requirements.lock`: one line for each package, its exact version and the hash of its wheel."""

import configparser
import re
from pathlib import Path
from typing import Final, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).parents[2]
LOCK: Final = ROOT / "toolforge" / "requirements.lock"
EXTRAS: Final = ("backfill",)  # of setup.cfg, that toolforge/requirements.txt asks for
LINE: Final = re.compile(r"^([a-z0-9-]+)==(\S+) --hash=sha256:([0-9a-f]{64})$")
HEADER: Final = """\
# Every package of the program, for Python 3.11 on Linux x86_64. Made by `make lock`.
# torch is its CPU-only build: any other has another hash, and is refused. See docs/supply.md.
"""


class Locked(NamedTuple):
    """One package: its version, without a local part such as `+cpu`, and its wheel's sha256."""

    version: str
    sha256: str


def read_lock() -> dict[str, Locked]:
    """Return the locked packages by canonical name.

    Raises:
        ValueError: A line is neither a comment nor a package with one hash.
    """
    locked = {}
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        if not (match := LINE.match(line)):
            raise ValueError(f"{LOCK.name}: not a locked package: {line!r}. Run `make lock`.")
        name, version, sha256 = match.groups()
        locked[name] = Locked(version, sha256)
    return locked


def as_text(locked: dict[str, Locked]) -> str:
    """Return the lock file's content, sorted by name."""
    lines = (
        f"{name}=={package.version} --hash=sha256:{package.sha256}\n"
        for name, package in sorted(locked.items())
    )
    return HEADER + "".join(lines)


def required() -> dict[str, Requirement]:
    """Return what the image installs, by canonical name: setup.cfg's requirements and extras."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = setup["options"]["install_requires"].split("\n")
    for extra in EXTRAS:
        lines += setup["options.extras_require"][extra].split("\n")
    requirements = [Requirement(line) for line in lines if line]
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


def public(version: str) -> str:
    """Return a version without its local part: `2.13.0` for `2.13.0+cpu`."""
    return version.partition("+")[0]
