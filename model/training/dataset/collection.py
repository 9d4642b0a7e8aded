"""A labelled folder that is filled from elsewhere, over as many tries as it takes.

A picture is stored whole or not at all, under its label and the hash of the file that it shows, so
that what is there need not be fetched again. The table of all pictures comes last.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from model.errors import DatasetUnusable
from model.files import replacing_file, storing
from model.training.dataset.entry import Labelled
from model.training.dataset.folders import COLUMNS, METADATA, TEXTS

OURS: Final = re.compile(r"[0-9a-f]{40}(\.[a-z0-9]{1,5})?")
LABEL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,63}")
MARK: Final = ".lookout-pictures"
PRIVATE: Final = 0o700  # pictures of people: for the operator's eyes


class Collection:
    """Pictures by label and hash.

    Args:
        folder: Made if it is not there; then this collection's alone.

    Raises:
        DatasetUnusable: It holds something else.
        CannotStore: It cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with storing("collection", folder):
            folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
            # What is no longer wanted is removed from it, so nobody else's files may be in it.
            if not (folder / MARK).exists() and any(folder.iterdir()):
                raise DatasetUnusable(
                    f"{folder} holds something else than fetched pictures: name an empty folder."
                )
            (folder / MARK).touch()

    def place(self, label: str, sha1: str, suffix: str) -> Path:
        """Return where a picture of the file with this hash lies, or is to lie."""
        name = f"{sha1}{suffix}"
        return self.folder / label / (name if OURS.fullmatch(name) else sha1)

    def store(self, place: Path, data: bytes) -> None:
        """Store one picture.

        Raises:
            CannotStore: There is no room.
        """
        with storing("picture", place), replacing_file(place) as new:
            new.write_bytes(data)

    def finish(self, pictures: Sequence[Labelled]) -> int:
        """Write the table, and remove pictures that are not in it; return how many these were.

        Raises:
            CannotStore: There is no room.
        """
        wanted = {Path(picture.path) for picture in pictures}
        leftover = [path for path in self._pictures() if path not in wanted]
        with storing("table", self.folder / METADATA):
            with replacing_file(self.folder / METADATA) as new:
                new.write_text(self._table(pictures), encoding="utf-8")
            for path in leftover:
                path.unlink()
        return len(leftover)

    def _pictures(self) -> Iterator[Path]:
        for path in self.folder.glob("*/*"):
            if path.is_file() and OURS.fullmatch(path.name):
                yield path

    def _table(self, pictures: Sequence[Labelled]) -> str:
        text = io.StringIO()
        table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        table.writeheader()
        for picture in sorted(pictures, key=lambda each: each.path):
            told = picture.model_dump(include={"source", "weight", *TEXTS})
            path = str(Path(picture.path).relative_to(self.folder))
            table.writerow({**told, "path": path, "tags": " ".join(picture.tags)})
        return text.getvalue()


def check_label(label: str) -> str:
    """Return a label that can be a folder's name.

    Raises:
        DatasetUnusable: It cannot.
    """
    if not LABEL.fullmatch(label):
        raise DatasetUnusable(
            f"{label!r} is no label: use letters, digits, spaces, dots, hyphens and underscores."
        )
    return label
