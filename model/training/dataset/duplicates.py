"""One copy of each picture is kept; which were left out, and for which, is told."""

from collections.abc import Sequence
from typing import Final

from model.errors import DatasetUnusable
from model.training.dataset.entry import Examined, Removed
from model.training.dataset.likeness import alike, shared

NEAR_BITS: Final = 4
"""Of 64; the bot calls pictures near-duplicates at the same distance."""
SHOWN: Final = 10

Kept = tuple[list[Examined], list[Removed]]


def without_exact(entries: Sequence[Examined], *, drop_conflicts: bool = False) -> Kept:
    """Keep the first of equal files.

    Args:
        entries: Pictures in order.
        drop_conflicts: Leave out all copies of a file that has two labels, instead of raising.

    Raises:
        DatasetUnusable: A file has two labels.
    """
    repeated = list(shared(entries))
    conflicts = [copies for copies in repeated if len({entry.label for entry in copies}) > 1]
    if conflicts and not drop_conflicts:
        raise DatasetUnusable(_two_labels(conflicts))
    removed = {
        entry.path: _removed(entry, "duplicate", copies[0], "the same file")
        for copies in repeated
        for entry in copies[1:]
    }
    removed |= {
        entry.path: _removed(entry, "two labels", _other(copies, entry), "the same file")
        for copies in conflicts
        for entry in copies
    }
    return _kept(entries, removed)


def without_near(entries: Sequence[Examined], *, bits: int = NEAR_BITS) -> Kept:
    """Keep the largest of near-duplicates; none of them where their labels differ.

    Whatever is kept differs from all else that is kept in more than `bits` bits.
    """
    ranked = sorted(entries, key=lambda entry: (-entry.width * entry.height, entry.sha1))
    removed: dict[str, Removed] = {}
    pairs = alike([entry.fingerprint for entry in ranked], bits)
    for i, j, distance in sorted(pairs):
        better, worse = ranked[i], ranked[j]
        detail = f"{distance} of 64 bits differ"
        if better.label != worse.label:
            removed[better.path] = _removed(better, "two labels", worse, detail)
            removed[worse.path] = _removed(worse, "two labels", better, detail)
        elif better.path not in removed:
            removed.setdefault(worse.path, _removed(worse, "near-duplicate", better, detail))
    return _kept(entries, removed)


def _kept(entries: Sequence[Examined], removed: dict[str, Removed]) -> Kept:
    kept = [entry for entry in entries if entry.path not in removed]
    return kept, list(removed.values())


def _removed(entry: Examined, reason: str, like: Examined, detail: str) -> Removed:
    return Removed.model_validate(
        {
            "path": entry.path,
            "label": entry.label,
            "reason": reason,
            "detail": detail,
            "like": like.path,
        }
    )


def _other(copies: Sequence[Examined], entry: Examined) -> Examined:
    return next(copy for copy in copies if copy.label != entry.label)


def _two_labels(conflicts: Sequence[Sequence[Examined]]) -> str:
    lines = [
        f"  {copies[0].label}: {copies[0].path}\n  {other.label}: {other.path}"
        for copies in conflicts[:SHOWN]
        for other in [_other(copies, copies[0])]
    ]
    more = f"\n  and {len(conflicts) - SHOWN} more" if len(conflicts) > SHOWN else ""
    return (
        f"{len(conflicts)} files have two labels:\n" + "\n".join(lines) + more + "\n"
        "Is a folder under the wrong label? Keep one copy of each, or pass --drop-conflicts to "
        "leave out all copies."
    )
