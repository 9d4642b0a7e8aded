"""From a claimed upload to its pictures: is it still what was announced, and what shows it?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.commons import Commons, FileInfo
from bot.config import Settings
from bot.errors import NetworkFault, Never, NothingToScore, NotThereYet, NotYet, Unreachable
from bot.ledger import Job
from bot.media import Fetcher, Source, sources
from bot.moves import follow
from bot.settling import is_fresh, is_last_attempt


@dataclass(frozen=True, slots=True)
class Material:
    """What was fetched of one file. `missing` pictures could not be had."""

    info: FileInfo
    pictures: Sequence[tuple[Source, bytes]]
    missing: int


class Gatherer:
    """Fetches what shows a file. Safe to share between threads."""

    def __init__(self, commons: Commons, fetcher: Fetcher) -> None:
        self._commons = commons
        self._fetcher = fetcher

    def gather(self, job: Job, info: FileInfo, settings: Settings) -> Material:
        """Return a file's pictures, all of them or, if the rest cannot be had, some.

        Raises:
            NotYet, RetryLater: a picture may be had later, and this is not the last attempt.
            Never: there is no picture to be had.
        """
        wanted = sources(info, settings.media)
        pictures: list[tuple[Source, bytes]] = []
        failure: Exception | None = None
        for source in wanted:
            try:
                pictures.append((source, self._fetch(info, source)))
            except Unreachable:
                raise
            except (Never, NotYet, NetworkFault) as error:
                if not is_final(error, job, settings):
                    raise
                failure = error
        if failure and not pictures:
            raise failure
        return Material(info, pictures, max(one.of for one in wanted) - len(pictures))

    def _fetch(self, info: FileInfo, source: Source) -> bytes:
        address = source.address or self._commons.rendition(info.title, source.parameter)
        if address is None:
            raise NotThereYet(f"the wiki names no picture of {info.title}, {source.place}")
        return self._fetcher.fetch(address)


def find(commons: Commons, job: Job, info: FileInfo | None, fresh_s: float) -> FileInfo:
    """Return what was announced: `info`, or the file that was moved away from its title.

    Raises:
        NotThereYet, NothingToScore: as `as_announced` does.
    """
    try:
        return as_announced(job, info, fresh_s)
    except NothingToScore:
        moved = follow(commons, job)
        if moved is None:
            raise
        return moved


def is_final(error: Exception, job: Job, settings: Settings) -> bool:
    """Tell whether one of several pictures is to be done without, rather than waited for."""
    return isinstance(error, Never) or is_last_attempt(error, job, settings)


def as_found(job: Job, info: FileInfo) -> Job:
    """Return `job` under the title and the uploader that the wiki has now.

    The file may have been moved, and who restored a file did not upload it.
    """
    return replace(job, title=info.title, user=job.user or info.user)


def as_announced(job: Job, info: FileInfo | None, fresh_s: float) -> FileInfo:
    """Return `info` if it is the version that the event announced.

    A fresh upload may not have reached the database replica that answers, so absence and an older
    version only count once the upload is no longer fresh.

    Raises:
        NotThereYet: it may still come.
        NothingToScore: it is gone, or another version has taken its place.
    """
    fresh = is_fresh(job, fresh_s)
    if info is None:
        if fresh:
            raise NotThereYet(f"{job.title} is not in the wiki's answer yet")
        raise NothingToScore("gone", f"{job.title} was deleted")
    if job.sha1 is None or info.sha1 == job.sha1:
        return info
    if fresh and info.timestamp < job.uploaded_at:
        raise NotThereYet(f"the wiki still answers with an older version of {job.title}")
    raise NothingToScore("superseded", f"{job.title} has another version by now")
