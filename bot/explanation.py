"""On request: a small picture of what a file's scores rest on."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from bot.config import Settings
from bot.engine import Engine
from bot.errors import ConfigInvalid, Stop
from bot.rules import View, cause, own_labels
from model.files import replacing_file


class Explainer:
    """Writes one heat map per picture into a folder.

    They are named by the sha1 of the explained file, as Commons knows files, so that equal names
    in different folders do not meet.
    """

    def __init__(self, folder: Path, engine: Engine, settings: Settings) -> None:
        """Make the folder if need be.

        Raises:
            ConfigInvalid: no rule names a label of the first model, which alone can be explained.
            Stop: the folder cannot be made.
        """
        if not any(own_labels(rule) for rule in settings.rules):
            raise ConfigInvalid(
                f"no rule names a label of {settings.model.name}: there is nothing to explain"
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Stop(f"no heat maps can be written to {folder}: {error.strerror}") from error
        self._folder = folder
        self._engine = engine
        self._settings = settings

    def explain(self, data: bytes, views: Sequence[View]) -> dict[str, str]:
        """Draw the heaviest rule's strongest label, in the view where that rule weighs most.

        Labels of a second model are passed over.

        Args:
            data: A file.
            views: What the engine saw of it.

        Returns:
            `path` of the PNG, and the `rule`, `label` and `place` it shows.

        Raises:
            ImageError, WorkerDied: the file cannot be read a second time.
            OSError: the heat map cannot be written.
        """
        shown = cause(self._settings.rules, views)
        pixels = self._engine.explain(data, shown.view, shown.label, self._settings.media)
        name = hashlib.sha1(data, usedforsecurity=False).hexdigest()
        path = self._folder / f"{name}.png"
        with replacing_file(path) as new:
            Image.fromarray(pixels).save(new)
        return {
            "path": str(path),
            "rule": shown.rule,
            "label": shown.label,
            "place": shown.view.place,
        }
