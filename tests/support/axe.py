"""axe-core, Deque's accessibility checks, fetched from npm by its hash.

https://github.com/dequelabs/axe-core, MPL-2.0; no part of the project.
"""

import os
from typing import Any, Final

import pytest
from playwright.sync_api import Page

from bot.home import models_folder
from model.card import Package
from model.errors import SourceUnavailable
from model.sources.package_files import read_members
from model.sources.registry import fetch

AXE: Final = Package(
    registry="npm",
    name="axe-core",
    version="4.14.1",
    file="axe-core-4.14.1.tgz",
    size=708_405,
    sha256="e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745",
)
SCRIPT: Final = "package/axe.min.js"
MEMBERS: Final = {SCRIPT: "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"}
GRAVE: Final = ("serious", "critical")


@pytest.fixture(scope="session")
def axe() -> str:
    """The script; without a registry skips, except where CI is set."""
    try:
        package = fetch(AXE, models_folder() / ".cache", say=print)
        return read_members(package, MEMBERS)[SCRIPT].decode()
    except SourceUnavailable as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


def grave_faults(page: Page, axe: str) -> list[str]:
    """Return what axe finds serious or critical on a page: rule, and where."""
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{fault['id']}: {node['html']} ({node['failureSummary']})"
        for fault in found["violations"]
        for node in fault["nodes"]
        if fault["impact"] in GRAVE
    ]
