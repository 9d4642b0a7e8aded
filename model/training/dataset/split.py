"""60/20/20, in the labels' proportions, with what resembles each other on one side."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from model.training.dataset.entry import SPLITS, Entry, Examined, Split
from model.training.dataset.likeness import Groups, alike

SHARES: Final[Mapping[Split, float]] = {"train": 0.6, "validation": 0.2, "test": 0.2}
GROUP_BITS: Final = 8
"""Of 64. Twice what makes a near-duplicate: such pictures are both kept, on one side."""


def split(entries: Sequence[Examined], *, group_bits: int = GROUP_BITS) -> list[Entry]:
    """Put each picture on one side of the split.

    Pictures whose perceptual hashes differ in at most `group_bits` bits, and those of one
    uploader, form a group and stay together. Groups are dealt out, the largest first and equal
    ones in the order of their hash, each to the side that lacks most of its labels. The same
    pictures give the same split, in whatever order and folder they come.
    """
    groups = sorted(_groups(entries, group_bits), key=lambda group: (-len(group), _key(group)))
    totals = Counter(entry.label for entry in entries)
    given: dict[Split, Counter[str]] = {side: Counter() for side in SPLITS}
    chosen: list[Entry] = []
    for group in groups:
        labels = Counter(entry.label for entry in group)
        side = max(SPLITS, key=lambda name: _lack(name, labels, totals, given[name]))
        given[side] += labels
        chosen += [Entry(**entry.model_dump(), group=_key(group), split=side) for entry in group]
    return sorted(chosen, key=lambda entry: entry.path)


def straddling(entries: Sequence[Entry], *, bits: int = GROUP_BITS) -> list[tuple[Entry, Entry]]:
    """Return pairs that leak: alike, of one uploader or equal, yet on different sides."""
    groups: dict[str, Entry] = {}
    pairs: list[tuple[Entry, Entry]] = []
    for entry in entries:
        for key in filter(None, (entry.sha1, entry.uploader and f"uploader {entry.uploader}")):
            first = groups.setdefault(key, entry)
            if first.split != entry.split:
                pairs.append((first, entry))
    for i, j, _ in alike([entry.fingerprint for entry in entries], bits):
        if entries[i].split != entries[j].split:
            pairs.append((entries[i], entries[j]))
    return pairs


def _groups(entries: Sequence[Examined], bits: int) -> list[list[Examined]]:
    groups = Groups(len(entries))
    for i, j, _ in alike([entry.fingerprint for entry in entries], bits):
        groups.join(i, j)
    first_of: dict[str, int] = {}
    for place, entry in enumerate(entries):
        if entry.uploader:
            groups.join(place, first_of.setdefault(entry.uploader, place))
    return [[entries[place] for place in members] for members in groups.sets()]


def _key(group: Sequence[Examined]) -> str:
    """Return a hash that depends on the pictures alone."""
    contents = "".join(sorted(entry.sha1 for entry in group))
    return hashlib.sha256(contents.encode()).hexdigest()[:16]


def _lack(side: Split, labels: Counter[str], totals: Counter[str], given: Counter[str]) -> float:
    """Return how far a side is behind its share of these labels, each relative to its total."""
    return sum(
        count * (SHARES[side] - given[label] / totals[label]) / SHARES[side]
        for label, count in labels.items()
    )
