"""Which pictures are alike: equal files, and perceptual hashes that differ in few bits."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from model.training.dataset.entry import Examined

ROWS: Final = 512  # of the table of all pairs, held in memory at once


def alike(fingerprints: Sequence[str], bits: int) -> Iterator[tuple[int, int, int]]:
    """Yield (i, j, distance) for all i < j whose hashes differ in at most `bits` of 64.

    All pairs are compared, 512 rows at a time: 100,000 pictures take about a minute. An empty hash
    is like no other.
    """
    places = np.array([i for i, text in enumerate(fingerprints) if text], dtype=np.int64)
    values = np.array([int(text, 16) for text in fingerprints if text], dtype=np.uint64)
    for start in range(0, len(values), ROWS):
        stretch = values[start : start + ROWS]
        distances = np.bitwise_count(stretch[:, None] ^ values[None, start:])
        for row, column in np.argwhere(distances <= bits):
            if row < column:
                i, j = places[start + row], places[start + column]
                yield int(i), int(j), int(distances[row, column])


def shared(entries: Iterable[Examined]) -> Iterator[list[Examined]]:
    """Yield the entries of each file content that occurs more than once, in order."""
    by_content: dict[str, list[Examined]] = defaultdict(list)
    for entry in entries:
        by_content[entry.sha1].append(entry)
    yield from (found for found in by_content.values() if len(found) > 1)


class Groups:
    """Disjoint sets of 0..count-1 that can be joined (Tarjan's union-find with path halving)."""

    def __init__(self, count: int) -> None:
        self._parents = list(range(count))

    def join(self, one: int, other: int) -> None:
        """Make one set of the two that hold these."""
        self._parents[self.root(one)] = self.root(other)

    def root(self, member: int) -> int:
        """Return the member that stands for a set."""
        while self._parents[member] != member:
            self._parents[member] = self._parents[self._parents[member]]
            member = self._parents[member]
        return member

    def sets(self) -> list[list[int]]:
        """Return the sets, each in order, by first member."""
        found: dict[int, list[int]] = defaultdict(list)
        for member in range(len(self._parents)):
            found[self.root(member)].append(member)
        return list(found.values())
