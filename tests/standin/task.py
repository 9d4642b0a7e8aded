"""Writes the labelled folder, with uploaders and slices."""

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.random import Generator
from PIL import Image

from standin import drawings, photographs

EDGE: Final = 160  # pixels
PICTURES_OF_AN_UPLOADER: Final = 8
Kinds = Mapping[str, Mapping[str, Callable[[Generator, int], Image.Image]]]
PLAIN: Final[Kinds] = {
    "drawing": {"shapes": drawings.shapes, "digits": drawings.digits},
    "photograph": {"crops": photographs.crops, "textures": photographs.textures},
}
OVERLAPPING: Final[Kinds] = {
    "drawing": {**PLAIN["drawing"], "crayon": drawings.crayon, "pencil": drawings.pencil},
    "photograph": {**PLAIN["photograph"], "poster": photographs.poster, "faded": drawings.faded},
}
"""Harder: where redrawn photographs end and faded ones begin is a matter of degree."""


def make(
    folder: Path, pictures: int, *, edge: int = EDGE, seed: int = 8, overlapping: bool = False
) -> None:
    """Write about `pictures` files, as many of each kind, the same for the same seed."""
    task = OVERLAPPING if overlapping else PLAIN
    each = pictures // sum(len(kinds) for kinds in task.values())
    rows: list[dict[str, str]] = []
    for label, kinds in task.items():
        (folder / label).mkdir(parents=True, exist_ok=True)
        for kind, draw in kinds.items():
            for number in range(each):
                random = np.random.default_rng([seed, *kind.encode(), number])
                path = Path(label, f"{kind}-{number:05}.jpg")
                draw(random, edge).save(folder / path, quality=int(random.integers(60, 96)))
                uploader = f"{kind}-{number // PICTURES_OF_AN_UPLOADER}"
                rows.append({"path": str(path), "uploader": uploader, "tags": kind})
    with (folder / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, ("path", "uploader", "tags"))
        table.writeheader()
        table.writerows(rows)
