"""A run on disk: `checkpoint.pt` to go on from, `log.csv` and `tensorboard` to read."""

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any, Final

import torch

from model.errors import TrainingRefused
from model.files import replacing_file, storing
from model.training.board import BOARD, write_board
from model.training.initialisation import read_weights
from model.training.recipe import Recipe

CHECKPOINT: Final = "checkpoint.pt"
LOG: Final = "log.csv"

State = dict[str, Any]


class Run:
    """Keeps the state of the stages.

    Args:
        folder: Of this run alone.
        recipe: Its settings.
        dataset: Version of its data set.

    Raises:
        TrainingRefused: The folder holds a run with other settings or another data set.
    """

    def __init__(self, folder: Path, recipe: Recipe, dataset: str) -> None:
        self._folder = folder
        self._key = _key(recipe, dataset)
        self.stages: dict[str, State] = {}
        path = folder / CHECKPOINT
        if path.exists():
            saved = read_weights(path)
            if saved["key"] != self._key:
                raise TrainingRefused(
                    f"{folder} holds a run with other settings or another data set. Go on with "
                    "the same ones, choose another --name, or pass --restart."
                )
            self.stages = saved["stages"]

    def save(self, name: str, state: State) -> None:
        """Store a stage's state and the log of all stages; a reader never sees half of it.

        Raises:
            CannotStore: There is no room.
        """
        self.stages[name] = state
        content = io.BytesIO()  # straight to a full disk, torch would raise no OSError
        torch.save({"key": self._key, "stages": self.stages}, content)
        with storing("checkpoint", self._folder):
            with replacing_file(self._folder / CHECKPOINT) as new:
                new.write_bytes(content.getbuffer())
            with replacing_file(self._folder / LOG) as new:
                new.write_text(self._log(), encoding="utf-8")
            write_board(self._folder / BOARD, name, state["progress"]["rows"])

    def _log(self) -> str:
        text = io.StringIO()
        rows = [
            {"stage": name, **row}
            for name, state in self.stages.items()
            for row in state["progress"]["rows"]
        ]
        if rows:
            columns = dict.fromkeys(name for row in rows for name in row)
            table = csv.DictWriter(text, list(columns), lineterminator="\n")
            table.writeheader()
            table.writerows(rows)
        return text.getvalue()


def _key(recipe: Recipe, dataset: str) -> str:
    text = json.dumps([recipe.model_dump(), dataset], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
