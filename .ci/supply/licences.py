"""Under what terms each locked package is passed on: `make licences` writes docs/licences.md.

A package's own metadata is believed where it states an SPDX expression (PEP 639). Older forms
are translated, and where nothing is stated the package's licence file was read by a person.
"""

import re
from importlib.metadata import Distribution
from typing import Final

from supply.closure import closure
from supply.lockfile import ROOT, required

PAGE: Final = ROOT / "docs" / "licences.md"

STATED: Final = ("License-Expression", "License")
"""Fields of a package's metadata, the better one first."""

ALLOWED: Final = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "BSL-1.0",
        "CC0-1.0",
        "ISC",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "MPL-2.0",
        "PSF-2.0",
        "Unlicense",
        "Zlib",
    }
)
"""SPDX names whose terms an MIT-licensed program on Toolforge meets by naming its sources."""

TRANSLATED: Final = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License v2": "Apache-2.0",
    "MIT License": "MIT",
}
"""What packages write in the older, free field `License`, and what it means."""

READ: Final = {
    "amqp": "BSD-3-Clause",
    "billiard": "BSD-3-Clause",
    "click-plugins": "BSD-3-Clause",
    "itsdangerous": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "mpmath": "BSD-3-Clause",
    "prompt-toolkit": "BSD-3-Clause",
    "python-dateutil": "BSD-3-Clause",
    "setuptools": "MIT",
    "sympy": "BSD-3-Clause",
    "vine": "BSD-3-Clause",
    "wcwidth": "MIT",
}
"""Packages whose metadata, or that of an old version, is unclear: what their licence file says."""

INSIDE: Final = {
    "av": "FFmpeg, which says LGPL-3.0-or-later of itself, with x264 and x265, GPL-2.0-or-later",
    "opencv-python-headless": "FFmpeg, LGPL-2.1-or-later",
}
"""Libraries that a wheel carries in binary form under other terms than its own metadata says."""

HEADER: Final = """\
# Licences

Made by `make licences` from the metadata of the packages in `toolforge/requirements.lock`,
and compared by a test. The program itself is MIT. The models have a licence of their own:
`lookout model show`.

A package whose licence is not on the list in `.ci/supply/licences.py` fails the tests, by name.
Read its terms. If they can be met, add the licence to `ALLOWED`; if its metadata says nothing
clear, add what its licence file says to `READ`. If not, do without the package.

"""

FOOTER: Final = """
The program loads these libraries and passes none of them on. Whoever publishes an image with them
publishes them under those terms.
"""


class UnknownLicenceError(Exception):
    """A package's terms are not known to be acceptable; the message says what to do."""


def licence_of(name: str, package: Distribution) -> str:
    """Return a package's licence as an SPDX expression.

    Args:
        name: The package's canonical name.
        package: Its installed metadata.

    Raises:
        UnknownLicenceError: It states none, or one that is not on the list of those allowed.
    """
    fields = [package.metadata[field] for field in STATED if field in package.metadata]
    stated = next(filter(None, fields), "")
    expression = READ.get(name) or TRANSLATED.get(stated, stated)
    unknown = [part for part in parts(expression) if part not in ALLOWED]
    if unknown:
        raise UnknownLicenceError(
            f"{name} {package.version} is under {', '.join(unknown)!r}, which is not on the list. "
            "Read its terms, then add it to ALLOWED or READ in supply/licences.py, or remove it."
        )
    return expression


def parts(expression: str) -> list[str]:
    """Return the licences that an SPDX expression names; all of them have to be allowed."""
    return [part.strip(" ()") for part in re.split(r"\s+(?:AND|OR)\s+", expression)]


def page() -> str:
    """Return docs/licences.md for the packages that are installed."""
    lines = ["| Package | Licence |", "| --- | --- |"]
    lines += [
        f"| {name} | {licence_of(name, package)} |"
        for name, package in sorted(closure(required().values()).items())
    ]
    carried = [f"- `{name}`: {what}." for name, what in sorted(INSIDE.items())]
    note = "\nWheels that carry libraries under terms that their metadata does not name:\n\n"
    return HEADER + "\n".join(lines) + "\n" + note + "\n".join(carried) + "\n" + FOOTER


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE.relative_to(ROOT))


if __name__ == "__main__":
    main()
