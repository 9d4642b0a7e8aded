"""From a file's decoded pictures to what is seen of it, in part if some cannot be scored."""

from dataclasses import asdict

import structlog

from bot.config import Settings
from bot.engine import Engine, Seen
from bot.errors import Never
from bot.gathering import is_final
from bot.ledger import Job, Scored
from bot.opening import Opened
from bot.series import Series, by_any_rule
from bot.settings.values import Medium
from bot.settling import Look
from bot.shadow import Shadow, Sitting
from model.errors import WorkerDied

log = structlog.get_logger(__name__)


def look(
    engine: Engine,
    job: Job,
    file: Opened,
    settings: Settings,
    shadow: Shadow | None = None,
) -> Look:
    """Score a file's pictures, by a candidate too if there is one and the file is drawn for it.

    Raises:
        Never: nothing of it can be looked at.
        WorkerDied: a picture killed its process, and this is not the last attempt.
    """
    sitting = shadow.sitting(file.info.sha1) if shadow else None
    seen = _see(engine, job, file, settings, sitting)
    missing = file.missing + len(file.pictures) - len(seen)
    is_still = file.info.is_animated and not any(one.series for one in seen)
    for one in seen:
        if one.series:
            tell(job.title, one.series, settings, file.info.medium or "image")
    scored = Scored(
        sha1=file.info.sha1,
        model=engine.version,
        medium=file.info.medium or "image",
        views=[asdict(view) for one in seen for view in one.views],
        partial=missing > 0 or is_still or any(one.partial for one in seen),
    )
    return Look(file.info, scored, sitting.scored(scored) if sitting else None)


def tell(title: str, series: Series, settings: Settings, medium: Medium, notes: str = "") -> None:
    """Log what a file's pages or frames say together, as `video.watched` does of a video."""
    summary = by_any_rule(series, settings.rules, medium)
    figures = (
        {
            "decision": round(summary.overall, 3),
            "at": series.place(summary.at_s),
            "longest_run": round(summary.longest_run_s, 1),
            "share_above": round(summary.share_above, 3),
        }
        if summary
        else {}
    )
    log.info(
        "series.looked-through",
        title=title,
        unit=series.unit,
        whole=series.whole,
        scored=len({moment.number for moment in series.moments}),
        unseen=series.unseen,
        notes=notes,
        **figures,
    )


def _see(
    engine: Engine, job: Job, file: Opened, settings: Settings, sitting: Sitting | None
) -> list[Seen]:
    keep = sitting.look if sitting else None
    seen: list[Seen] = []
    failure: Exception | None = None
    for place, picture in file.pictures:
        try:
            seen.append(engine.see(picture, place, keep, file.scores))
        except (Never, WorkerDied) as error:
            if not is_final(error, job, settings):
                raise
            failure = error
    if failure and not seen:
        raise failure
    return seen
