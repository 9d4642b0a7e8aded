"""A video to what it shows, in a thread: from bytes in memory, or by its title on the wiki."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from bot.engine import Engine
from bot.errors import Never, NothingToScore, NotThereYet, NotYet
from bot.videos.account import limits_of
from bot.videos.budget import Budget
from bot.videos.files import Originals, Transcodes
from bot.videos.scenes import views_of
from bot.web.fetching import title_of
from bot.web.heaviest import Heaviest
from bot.web.jobs import Job
from bot.web.looks import result_of
from bot.web.parts import Parts
from bot.web.shapes import ShownScene, VideoResult
from model.video.score import VideoScore, aggregate, summed
from model.video.watcher import VideoWatcher

THRESHOLD: Final = 0.5  # only shapes figures that are not shown


def watch_bytes(parts: Parts, data: bytes, job: Job, *, explain: bool = False) -> VideoResult:
    """Return what a video shows; it is held in memory only.

    To `explain` adds a heat map of its heaviest frame.

    Raises:
        ImageError, WorkerDied: it cannot be watched.
    """
    engine = parts.scorer.engine
    limits = limits_of(parts.settings.video, parts.settings.video.seconds)
    heaviest = Heaviest(parts.settings.serve.explicit)
    classify = _classifying(engine, job, heaviest)
    with VideoWatcher(classify, limits=limits, target=engine.edge) as watcher:
        job.end = watcher.close
        if job.stop.is_set():
            watcher.close()
        score = _watched(watcher, data)
    result = _result(parts, job.name, score)
    if explain:
        heaviest.explain(result, engine, score)
    return result


def watch_title(parts: Parts, title: str, job: Job) -> VideoResult:
    """Return what a video of the wiki shows: its smallest transcode, else the original's beginning.

    Raises:
        NotThereYet: there is no such file.
        Never, NotYet, RetryLater: it is no video, or cannot be had or watched.
    """
    asked, commons = title_of(title), parts.wikimedia.commons
    info = commons.files([asked]).get(asked)
    if info is None:
        raise NotThereYet(f"{asked} is not a file on this wiki")
    if info.medium != "video":
        raise NothingToScore("no-video", f"{asked} is no video: POST /v1/classify")
    budget = Budget(parts.settings.video, job.stop)
    fetcher, engine = parts.wikimedia.fetcher, parts.scorer.engine
    try:
        watched = Transcodes(commons, fetcher, engine).watch(info, budget, parts.settings)
    except (Never, NotYet):
        budget.check_stop()
        watched = Originals(fetcher, engine).watch(info, budget, parts.settings)
    whole = result_of(parts, job.name, watched.views, partial=watched.partial, medium="video")
    return VideoResult(**whole.model_dump(), reasons=list(watched.notes))


def _classifying(engine: Engine, job: Job, heaviest: Heaviest) -> Any:
    def classify(pictures: Sequence[Any]) -> list[dict[str, float]]:
        scores = engine.classify(pictures)
        job.frames += len(pictures)
        heaviest.see(pictures, scores)
        return scores

    return classify


def _watched(watcher: VideoWatcher, data: bytes) -> VideoScore:
    file = os.memfd_create("video")
    try:
        with open(file, "wb", closefd=False) as memory:
            memory.write(data)
        return watcher.watch(Path(f"/proc/{os.getpid()}/fd/{file}"))
    finally:
        os.close(file)


def _result(parts: Parts, name: str, score: VideoScore) -> VideoResult:
    views = views_of(score, parts.settings.rules)
    explicit = summed(parts.settings.serve.explicit)
    scenes = aggregate(score.scenes, explicit, threshold=THRESHOLD).scenes
    whole = result_of(parts, name, views, partial=score.partial, medium="video")
    return VideoResult(
        **whole.model_dump(),
        reasons=list(score.reasons),
        duration_s=score.coverage.duration_s,
        scenes=[
            ShownScene(start_s=one.start_s, end_s=one.end_s, at_s=one.at_s, explicit=one.score)
            for one in scenes
        ],
    )
