"""Fetched pictures decoded ahead of the classifier, and scored several files at a time."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import structlog

from bot.commons import FileInfo
from bot.config import Settings
from bot.engine import Engine, Scores
from bot.errors import Never
from bot.gathering import Material, is_final
from bot.ledger import Job
from model.errors import WorkerDied
from model.image import Picture

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Opened:
    """What was decoded of one file.

    Attributes:
        info: the file.
        pictures: each with its place in the file.
        missing: how many could not be had or decoded.
        scores: of the only frame, once it was scored together with others'.
    """

    info: FileInfo
    pictures: list[tuple[str, Picture]]
    missing: int
    scores: Scores | None = None

    @property
    def is_single(self) -> bool:
        """Whether it is one picture of one frame."""
        return [len(picture.frames) for _, picture in self.pictures] == [1]


def opened(engine: Engine, job: Job, material: Material, settings: Settings) -> Opened:
    """Decode a file's pictures, all of them or, if the rest cannot be had, some.

    Raises:
        Never: none can be decoded.
        WorkerDied: a picture killed the decoder, and this is not the last attempt.
    """
    pictures: list[tuple[str, Picture]] = []
    failure: Exception | None = None
    for source, data in material.pictures:
        try:
            pictures.append((source.place, engine.decode(data, settings.media)))
        except (Never, WorkerDied) as error:
            if not is_final(error, job, settings):
                raise
            failure = error
    if failure and not pictures:
        raise failure
    lost = len(material.pictures) - len(pictures)
    return Opened(material.info, pictures, material.missing + lost)


def score_together(engine: Engine, tasks: Iterable[Future[Any]]) -> None:
    """Score the files of one frame in one call: each wait costs the processor its caches.

    A call that fails leaves them without scores: alone, each answers for itself.

    Args:
        engine: Scores.
        tasks: Files to come, and whatever else. What is not there yet is left alone.
    """
    singles = [file for file in _there(tasks) if file.is_single]
    if len(singles) < 2:  # noqa: PLR2004 - nothing to put together
        return
    frames = [file.pictures[0][1].frames[0].pixels for file in singles]
    try:
        scores = engine.classify(frames, hurried=True)
    except Exception as error:  # noqa: BLE001 - raised again, on account of the file that is to blame
        log.warning("scoring.one-by-one", error=f"{type(error).__name__}: {error}")
        return
    for file, score in zip(singles, scores, strict=True):
        file.scores = [score]


def _there(tasks: Iterable[Future[Any]]) -> Iterator[Opened]:
    for task in tasks:
        if task.done() and not task.exception() and isinstance(found := task.result(), Opened):
            yield found
