"""The log of a run for TensorBoard, where that is installed (extra `training`)."""

import shutil
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

BOARD: Final = "tensorboard"


def write_board(folder: Path, stage: str, rows: Sequence[Mapping[str, float]]) -> None:
    """Write a stage's passes anew, so that a run that went on has each once.

    Args:
        folder: Of the run's events; each stage has one of its own below.
        stage: Its name.
        rows: The figures of each pass, by name; `epoch` is its number.
    """
    if find_spec("tensorboard") is None:
        return
    # Imported here, because it is slow to import.
    from torch.utils.tensorboard.writer import SummaryWriter  # noqa: PLC0415

    place = folder / stage.replace(" ", "-")
    shutil.rmtree(place, ignore_errors=True)
    with SummaryWriter(str(place)) as writer:
        for row in rows:
            for name, value in row.items():
                if name != "epoch":
                    writer.add_scalar(name, value, int(row["epoch"]))
