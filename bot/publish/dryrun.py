"""A wiki that is only a folder: what would have been written, for a person to read."""

import hashlib
import os
from pathlib import Path

from bot.errors import EditConflict
from bot.publish.wiki import Page


class DryRunWiki:
    """Keeps each page as one text file. The revision is a digest of the text."""

    mode = "dry-run"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def check(self) -> None:
        """Make the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)

    def read(self, title: str) -> Page:
        """Return the page as it is now."""
        path = self.path(title)
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        return Page(title, text, _revision(text))

    def save(self, page: Page, text: str, summary: str) -> int:  # noqa: ARG002 - no history here
        """Replace the file, whole or not at all, if it is still as `page` says."""
        if self.read(page.title).revision != page.revision:
            raise EditConflict(f"{page.title} changed meanwhile")
        path = self.path(page.title)
        partial = path.with_suffix(".partial")
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, path)  # noqa: PTH105 - the atomic one, by its own name
        return _revision(text)

    def close(self) -> None:
        """Nothing is held open."""

    def path(self, title: str) -> Path:
        """Return the file that stands for a page."""
        name = title.replace("%", "%25").replace("/", "%2F")
        return self.folder / f"{name}.wiki"


def _revision(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") if text else 0
