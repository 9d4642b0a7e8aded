"""What a data set holds and what was left out, in Markdown."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from model.training.dataset.entry import SPLITS, Entry, Removed
from model.training.dataset.manifest import Dataset

LARGE_GROUP: Final = 0.2
"""Share of all pictures above which one group makes the split lopsided."""


def as_markdown(dataset: Dataset) -> str:
    """Render counts per label and side, the slices, and every picture that was left out."""
    parts = [
        f"# Data set {dataset.version}",
        _table(("Label", *SPLITS, "all"), _label_rows(dataset)),
        *_warnings(dataset.entries),
        "## Slices",
        _table(("Slice", "Pictures"), _slices(dataset.entries)),
        f"## Left out: {len(dataset.removed)}",
        _table(("Reason", "Pictures"), _counted(entry.reason for entry in dataset.removed)),
        _table(("Reason", "Picture", "Like", "Detail"), map(_removed_row, dataset.removed)),
    ]
    return "\n\n".join(parts) + "\n"


def _label_rows(dataset: Dataset) -> Iterable[tuple[str, ...]]:
    counts = Counter((entry.label, entry.split) for entry in dataset.entries)
    for label in dataset.labels:
        numbers = [counts[label, side] for side in SPLITS]
        yield label, *map(str, numbers), str(sum(numbers))
    sides = [len(dataset.side(side)) for side in SPLITS]
    yield "all", *map(str, sides), str(sum(sides))


def _warnings(entries: Sequence[Entry]) -> Iterable[str]:
    groups = Counter(entry.group for entry in entries)
    largest = max(groups.values(), default=0)
    if largest > LARGE_GROUP * len(entries):
        yield (
            f"**{largest} pictures form one group** of one uploader or of pictures alike, and so "
            "lie on one side. Add pictures from elsewhere."
        )


def _slices(entries: Sequence[Entry]) -> Iterable[tuple[str, ...]]:
    yield from _counted(f"source {entry.source}" for entry in entries)
    yield from _counted(f"tag {tag}" for entry in entries for tag in entry.tags)


def _counted(names: Iterable[str]) -> Iterable[tuple[str, ...]]:
    return [(name, str(count)) for name, count in sorted(Counter(names).items())]


def _removed_row(removed: Removed) -> tuple[str, ...]:
    return removed.reason, removed.path, removed.like, removed.detail.replace("|", "/")


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
