"""Labelled folders: `FOLDER/LABEL/…/picture`, with an optional `FOLDER/metadata.csv`.

The table has a column `path`, relative to FOLDER, and any of `source`, `uploader` and `tags` (words
with spaces between them).
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from model.errors import DatasetUnusable
from model.training.dataset.entry import Labelled

METADATA: Final = "metadata.csv"
COLUMNS: Final = frozenset({"path", "source", "uploader", "tags"})
FEWEST_LABELS: Final = 2


def labelled_files(folders: Sequence[Path]) -> list[Labelled]:
    """Return every file of every labelled folder, in order of path.

    Raises:
        DatasetUnusable: A folder is missing or has no labels, or its table cannot be read.
    """
    found = sorted(
        (file for folder in folders for file in _files(folder.resolve())),
        key=lambda file: file.path,
    )
    labels = {file.label for file in found}
    if len(labels) < FEWEST_LABELS:
        raise DatasetUnusable(
            f"{', '.join(map(str, folders))}: found {len(found)} files under the labels "
            f"{sorted(labels)}. Put the pictures into one sub-folder per label, at least two."
        )
    return found


def _files(folder: Path) -> Iterator[Labelled]:
    if not folder.is_dir():
        raise DatasetUnusable(f"{folder} is not a folder: name one with a sub-folder per label.")
    table = _table(folder / METADATA)
    for label in sorted(path for path in folder.iterdir() if path.is_dir()):
        for path in sorted(label.rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                about = table.get(str(path.relative_to(folder)), {})
                yield Labelled(
                    path=str(path),
                    label=label.name,
                    source=about.get("source") or folder.name,
                    uploader=about.get("uploader") or "",
                    tags=tuple(sorted((about.get("tags") or "").split())),
                )


def _table(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Return the rows by path; none where there is no table."""
    if not path.exists():
        return {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            columns = set(reader.fieldnames or ())
            rows = list(reader)
    except (csv.Error, UnicodeDecodeError) as error:
        raise DatasetUnusable(f"{path} cannot be read as CSV in UTF-8: {error}.") from error
    if "path" not in columns or columns - COLUMNS:
        raise DatasetUnusable(
            f"{path} has the columns {sorted(columns)}: there must be `path`, and there may be "
            f"{', '.join(sorted(COLUMNS - {'path'}))}."
        )
    return {row["path"]: row for row in rows}
