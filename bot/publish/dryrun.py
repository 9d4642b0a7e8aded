"""A wiki that is only a folder: what would have been written, for a person to read."""

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.errors import EditConflict
from bot.publish.wiki import Page

REDIRECT = re.compile(r"#REDIRECT\s*\[\[:?([^\]|]+)", re.IGNORECASE)


class DryRunWiki:
    """Keeps each page as one text file. The revision is a digest of the text."""

    mode = "dry-run"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def check(self) -> None:
        """Make the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)

    def read(self, title: str) -> Page:
        """Return the page as it is now, or the one that it redirects to."""
        text = self._text(title)
        if moved := REDIRECT.match(text):
            title = moved[1].strip()
            text = self._text(title)
        return Page(title, text, _revision(text))

    def save(self, page: Page, text: str, summary: str) -> int:  # noqa: ARG002 - no history here
        """Replace the file, whole or not at all, if it is still as `page` says."""
        if _revision(self._text(page.title)) != page.revision:
            raise EditConflict(f"{page.title} changed meanwhile")
        path = self.path(page.title)
        partial = path.with_suffix(".partial")
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, path)  # noqa: PTH105 - the atomic one, by its own name
        return _revision(text)

    def sha1(self, title: str) -> str | None:  # noqa: ARG002 - there are no files here
        """Return None: not known."""
        return None

    def tag(self, log_ids: Sequence[int], name: str, reason: str) -> Mapping[int, str]:
        """Note the numbers, each once, on a page of their own."""
        page = self.read(f"Special:Log/{name}")
        there = set(page.text.split())
        new = [str(log_id) for log_id in log_ids if str(log_id) not in there]
        if new:
            self.save(page, page.text + "".join(f"{log_id}\n" for log_id in new), reason)
        return {}

    def make_tag(self, name: str, description: str) -> bool:  # noqa: ARG002 - any tag will do here
        """Do nothing: any tag can be noted."""
        return False

    def close(self) -> None:
        """Nothing is held open."""

    def path(self, title: str) -> Path:
        """Return the file that stands for a page."""
        name = title.replace("%", "%25").replace("/", "%2F")
        return self.folder / f"{name}.wiki"

    def _text(self, title: str) -> str:
        path = self.path(title)
        return path.read_text(encoding="utf-8") if path.exists() else ""


def _revision(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") if text else 0
