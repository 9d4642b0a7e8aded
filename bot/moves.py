"""A file that was moved before it was looked at is followed to its new title.

A move with a redirect needs no following: the wiki answers for the old title with the file itself.
"""

from typing import Final

import structlog

from bot.commons import Commons, FileInfo
from bot.ledger import Job
from bot.logevents import next_move

log = structlog.get_logger(__name__)

LONGEST_TRAIL: Final = 5  # moves of one file; more is vandalism, and the file is gone for us


def follow(commons: Commons, job: Job) -> FileInfo | None:
    """Return the announced version of a file under the title to which it was moved, if it was.

    Raises:
        RetryLater, Refused: as `Commons` does.
    """
    title, after = job.title, job.log_id
    for _ in range(LONGEST_TRAIL):
        move = next_move(commons.api, title, after=after, since=job.uploaded_at)
        if move is None:
            return None
        title, after = move.target, move.log_id
        info = commons.files([title]).get(title)
        if info and job.sha1 in (None, info.sha1):
            log.info("upload.moved", key=job.log_id, title=job.title, to=info.title)
            return info
    return None
