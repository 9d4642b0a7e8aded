"""From which difference on two pictures that follow each other show something else."""

from dataclasses import dataclass
from typing import Final

# Means over the frame, and over the most changed of its cells, in steps of 0 to 255. A still
# scene under a lossy codec stays below the first pair; a fade or a small inset passes the second.
# Of two pictures that have nothing in common the mean is 60 and more.
SAME_MEAN: Final = 2.0
SAME_CELL: Final = 8.0
NEW_MEAN: Final = 8.0
NEW_CELL: Final = 40.0
OTHER_MEAN: Final = 20.0
CELLS: Final = (8, 6)  # columns, rows


@dataclass(frozen=True, slots=True)
class Difference:
    """Between two small frames: the mean, and that of the cell which changed most."""

    mean: float
    cell: float

    @property
    def is_none(self) -> bool:
        """Whether a classifier would see the same."""
        return self.mean < SAME_MEAN and self.cell < SAME_CELL

    @property
    def is_new(self) -> bool:
        """Whether something else is to be seen, though no cut led to it."""
        return self.mean >= NEW_MEAN or self.cell >= NEW_CELL

    @property
    def is_other_scene(self) -> bool:
        """Whether a new scene has begun, though without a cut."""
        return self.mean >= OTHER_MEAN
