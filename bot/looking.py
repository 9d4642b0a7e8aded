"""From a file's pictures to what is seen of it, in part if some cannot be looked at."""

from dataclasses import asdict

from bot.config import Settings
from bot.engine import Engine, Seen
from bot.errors import Never
from bot.gathering import Material, is_final
from bot.ledger import Job, Scored
from bot.settling import Look
from bot.shadow import Shadow, Sitting
from model.errors import WorkerDied


def look(
    engine: Engine,
    job: Job,
    material: Material,
    settings: Settings,
    shadow: Shadow | None = None,
) -> Look:
    """Score a file's pictures, by a candidate too if there is one and the file is drawn for it.

    Raises:
        Never: nothing of it can be looked at.
        WorkerDied: a picture killed its process, and this is not the last attempt.
    """
    sitting = shadow.sitting(material.info.sha1) if shadow else None
    seen = _see(engine, job, material, settings, sitting)
    missing = material.missing + len(material.pictures) - len(seen)
    scored = Scored(
        sha1=material.info.sha1,
        model=engine.version,
        medium=material.info.medium or "image",
        views=[asdict(view) for one in seen for view in one.views],
        partial=missing > 0 or any(one.partial for one in seen),
    )
    return Look(material.info, scored, sitting.scored(scored) if sitting else None)


def _see(
    engine: Engine, job: Job, material: Material, settings: Settings, sitting: Sitting | None
) -> list[Seen]:
    keep = sitting.look if sitting else None
    seen: list[Seen] = []
    failure: Exception | None = None
    for source, data in material.pictures:
        try:
            seen.append(engine.look(data, source.place, settings.media, keep))
        except (Never, WorkerDied) as error:
            if not is_final(error, job, settings):
                raise
            failure = error
    if failure and not seen:
        raise failure
    return seen
