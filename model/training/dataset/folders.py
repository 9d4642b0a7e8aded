"""Labelled folders: `FOLDER/LABEL/…/picture`, with an optional `FOLDER/metadata.csv`.

The table has a column `path`, relative to FOLDER, and any of `source`, `uploader`, `tags` (words
with spaces between them), `medium`, `licence`, `author`, `page` and `weight`.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from model.errors import DatasetUnusable
from model.training.dataset.entry import Labelled

METADATA: Final = "metadata.csv"
TEXTS: Final = ("uploader", "medium", "licence", "author", "page")
COLUMNS: Final = ("path", "source", *TEXTS, "tags", "weight")
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
                yield _labelled(path, label.name, folder, about)


def _labelled(path: Path, label: str, folder: Path, about: Mapping[str, str]) -> Labelled:
    told = {name: about[name] for name in (*TEXTS, "weight") if about.get(name)}
    try:
        return Labelled.model_validate(
            {
                "path": str(path),
                "label": label,
                "source": about.get("source") or folder.name,
                "tags": tuple(sorted((about.get("tags") or "").split())),
                **told,
            }
        )
    except ValidationError as error:
        raise DatasetUnusable(
            f"{folder / METADATA}: the weight of {path.name} is {about.get('weight')!r}: it has to "
            "be a number above 0."
        ) from error


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
    if "path" not in columns or columns - set(COLUMNS):
        raise DatasetUnusable(
            f"{path} has the columns {sorted(columns)}: there must be `path`, and there may be "
            f"{', '.join(sorted(set(COLUMNS) - {'path'}))}."
        )
    return {row["path"]: row for row in rows}
