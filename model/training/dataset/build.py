"""Labelled folders in, a data set out."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from model.errors import DatasetUnusable
from model.training.dataset.duplicates import NEAR_BITS, without_exact, without_near
from model.training.dataset.entry import SPLITS, Examined, Labelled, Removed
from model.training.dataset.examine import SHORTEST_EDGE, examine
from model.training.dataset.folders import labelled_files
from model.training.dataset.manifest import Dataset
from model.training.dataset.report import as_markdown
from model.training.dataset.split import split

Looks = Iterable[Examined | Removed]
Progress = Callable[[Looks, int], Looks]
"""Passes on what it is given, of the given length, and shows how far it has come."""


def build(
    folders: Sequence[Path],
    target: Path,
    *,
    shortest_edge: int = SHORTEST_EDGE,
    near_bits: int = NEAR_BITS,
    drop_conflicts: bool = False,
    progress: Progress = lambda looks, _: looks,
) -> Dataset:
    """Build a data set and write it to `target`; until then, nothing is touched.

    Args:
        folders: Each with a sub-folder per label, see `model.training.dataset.folders`.
        target: The data set's folder, replaced as a whole.
        shortest_edge: Pixels below which a picture is left out.
        near_bits: Bits of 64 that near-duplicates may differ in.
        drop_conflicts: Leave out files with two labels instead of raising.
        progress: Shows how far it has come.

    Raises:
        DatasetUnusable: There is nothing to learn from, or files have two labels.
        CannotStore: The result cannot be written.
    """
    files = labelled_files(folders)
    looks = list(progress(examine(files, shortest_edge=shortest_edge), len(files)))
    readable = [look for look in looks if isinstance(look, Examined)]
    unusable = [look for look in looks if isinstance(look, Removed)]
    distinct, copies = without_exact(readable, drop_conflicts=drop_conflicts)
    unlike, near = without_near(distinct, bits=near_bits)
    removed = sorted([*unusable, *copies, *near], key=lambda each: each.path)
    dataset = Dataset(tuple(split(unlike)), tuple(removed))
    _check_sides(dataset, files)
    dataset.write(target, as_markdown(dataset))
    return dataset


def _check_sides(dataset: Dataset, files: Sequence[Labelled]) -> None:
    for label in sorted({file.label for file in files}):
        for side in SPLITS:
            if not any(entry.label == label for entry in dataset.side(side)):
                raise DatasetUnusable(
                    f"The label {label} has no picture for the {side} side: of "
                    f"{sum(file.label == label for file in files)} files, "
                    f"{sum(entry.label == label for entry in dataset.entries)} are usable and "
                    "distinct. Add pictures, from several uploaders."
                )
