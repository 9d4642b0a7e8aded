"""A data set on disk: `manifest.jsonl`, `removed.jsonl` and `report.md` in a folder of its own."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self, TypeVar

from pydantic import BaseModel, ValidationError

from model.errors import DatasetUnusable
from model.files import replacing_folder, storing
from model.training.dataset.entry import Entry, Removed, Split

MANIFEST: Final = "manifest.jsonl"
REMOVED: Final = "removed.jsonl"
REPORT: Final = "report.md"

Line = TypeVar("Line", bound=BaseModel)


@dataclass(frozen=True)
class Dataset:
    """Labelled pictures on three sides of a split, and what was left out of them."""

    entries: tuple[Entry, ...]
    removed: tuple[Removed, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label, sorted: the order of a trained model's outputs."""
        return tuple(sorted({entry.label for entry in self.entries}))

    @property
    def version(self) -> str:
        """A hash of contents, labels, sides and weights, whatever the paths are."""
        lines = sorted(map(_identity, self.entries))
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]

    def side(self, split: Split) -> tuple[Entry, ...]:
        """Return one side's pictures."""
        return tuple(entry for entry in self.entries if entry.split == split)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read what `write` wrote.

        Raises:
            DatasetUnusable: It is not there, or a line is damaged.
        """
        return cls(
            tuple(_read_lines(folder / MANIFEST, Entry)),
            tuple(_read_lines(folder / REMOVED, Removed)),
        )

    def write(self, folder: Path, report: str) -> None:
        """Write everything or nothing.

        Raises:
            CannotStore: There is no room, or no right to.
        """
        with storing("data set", folder), replacing_folder(folder) as new:
            _write_lines(new / MANIFEST, self.entries)
            _write_lines(new / REMOVED, self.removed)
            (new / REPORT).write_text(report, encoding="utf-8")


def _identity(entry: Entry) -> str:
    weight = "" if entry.weight == 1 else f" {entry.weight:.6g}"
    return f"{entry.sha1} {entry.label} {entry.split}{weight}"


def _write_lines(path: Path, lines: Iterable[BaseModel]) -> None:
    text = "".join(line.model_dump_json() + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")


def _read_lines(path: Path, kind: type[Line]) -> Sequence[Line]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise DatasetUnusable(
            f"{path} is not there: run `lookout dataset build FOLDER --to {path.parent}`."
        ) from error
    try:
        return [kind.model_validate_json(line) for line in lines]
    except ValidationError as error:
        raise DatasetUnusable(f"{path} is damaged: build the data set again.") from error
