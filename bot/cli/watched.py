"""The part of `lookout score` that is about videos."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.config import Settings
from bot.rules import Facts, judge
from bot.videos.account import account, limits_of, lines
from bot.videos.scenes import views_of
from model.sniff import demuxer_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from bot.engine import Engine
    from bot.videos.contactsheet import ContactSheet

HEAD_BYTES = 16


def is_video(file: Path) -> bool:
    """Tell by its first bytes whether a regular file is a video."""
    if not file.is_file():
        return False
    with file.open("rb") as opened:
        return demuxer_name(opened.read(HEAD_BYTES)) is not None


def watch(
    file: Path, engine: "Engine", settings: Settings, sheet: "ContactSheet | None"
) -> dict[str, Any]:
    """Watch a video; return its report, and add it to the contact sheet if there is one.

    Raises:
        Never, RetryLater: as `Engine.watch` does.
    """
    thumbnails: list[bytes] = []

    def keep(pictures: "Sequence[NDArray[np.uint8]]") -> None:
        from bot.videos.contactsheet import thumbnail  # noqa: PLC0415 - only for a report

        thumbnails.extend(map(thumbnail, pictures))

    limits = limits_of(settings.video, settings.video.seconds)
    score = engine.watch(file, limits, keep=keep if sheet else None)
    if sheet:
        sheet.add(file.name, score, thumbnails)
    views = views_of(score, settings.rules)
    verdict = judge(settings.rules, views, Facts(medium="video", bytes=file.stat().st_size))
    labels = sorted({label for moment in score.moments for label in moment.scores})
    return {
        "path": str(file),
        "verdict": verdict.word,
        "hits": [asdict(hit) for hit in verdict.hits],
        "scores": {
            label: max(moment.scores.get(label, 0.0) for moment in score.moments)
            for label in labels
        },
        "views": [asdict(view) for view in views],
        "model": engine.version,
        "partial": score.partial,
        "video": account(score, settings.rules),
        "lines": list(lines(score, settings.rules)),
    }
