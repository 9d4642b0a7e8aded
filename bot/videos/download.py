"""A file fetched in pieces into a temporary file that has no name and is gone when it is closed.

Between pieces the connection is free, so that a long video does not keep pictures waiting. A cut
costs only what it cut off: the next piece begins there (RFC 9110, sections 13.1.5 and 14).
"""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import requests
import structlog

from bot.errors import NetworkFault, ServerBusy, Unreachable
from bot.hosts import FileHosts, raise_for
from bot.pauses import full_jitter
from bot.settings.values import MIB
from bot.videos.budget import Budget
from model.errors import OverLimit

log = structlog.get_logger(__name__)

PIECE_BYTES = 4 * MIB
READ_BYTES = 64 * 1024
BETWEEN_PIECES_S = 0.05  # in which whoever waits for the connection gets it
BITS_PER_S = 25e6  # https://wikitech.wikimedia.org/wiki/Robot_policy
RESUMES = 4  # failures in a row
RESTARTS = 1  # a file may change once while it is read
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 8.0
KINDS = ("video/", "application/ogg", "audio/ogg")
_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")


@dataclass(slots=True)
class _Progress:
    """How far a download is. `limit` bytes at most are kept."""

    file: IO[bytes]
    limit: int
    have: int = 0
    total: int | None = None  # of the whole file, once the server has told it
    validator: str = ""  # by which the server knows this version again
    restarts: int = field(default=0)

    @property
    def complete(self) -> bool:
        return self.have == self.total

    @property
    def done(self) -> bool:
        return self.complete or self.have >= self.limit

    def restart(self) -> None:
        self.restarts += 1
        if self.restarts > RESTARTS:
            raise NetworkFault("the file changes, or cannot be had in pieces, and was cut again")
        self.file.seek(0)
        self.file.truncate()
        self.have, self.total, self.validator = 0, None, ""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that is there while it is lent. Not `complete`: only its beginning."""

    path: Path
    complete: bool


@contextmanager
def downloaded(
    hosts: FileHosts, address: str, budget: Budget, *, limit: int, beginning: bool
) -> Iterator[Downloaded]:
    """Lend a file of the hosts' for as long as the context lasts.

    Args:
        hosts: Where it may come from.
        address: Where it is.
        budget: What may be spent on it.
        limit: Most bytes that are stored.
        beginning: Whether the beginning of a larger file, or of one for which time or requests
            run out, will do.

    Raises:
        NotThereYet: 404.
        RetryLater: busy, unreachable, or cut again and again.
        Refused: another host, or no.
        OverLimit: too large, too slow, too many pieces; unless the beginning will do.
    """
    # O_TMPFILE where there is one, else unlinked as soon as it is made.
    with tempfile.TemporaryFile(buffering=0) as file:
        progress = _Progress(file, limit)
        try:
            _fill(progress, hosts, address, budget, beginning=beginning)
        except OverLimit:
            if not (beginning and progress.have):
                raise
        path = Path(f"/proc/{os.getpid()}/fd/{file.fileno()}")
        yield Downloaded(path, progress.complete)


def _fill(
    progress: _Progress, hosts: FileHosts, address: str, budget: Budget, *, beginning: bool
) -> None:
    failures = 0
    while not progress.done:
        before = progress.have
        try:
            budget.take_request()
            begun = budget.seconds_spent
            _piece(progress, hosts, address, budget, beginning=beginning)
            took = budget.seconds_spent - begun
            allowed = 8 * (progress.have - before) / BITS_PER_S
            budget.pause(max(BETWEEN_PIECES_S, allowed - took))
        except (ServerBusy, Unreachable):
            raise
        except NetworkFault as error:
            failures = 1 if progress.have > before else failures + 1
            if failures > RESUMES:
                raise
            pause = full_jitter(failures, first_s=FIRST_PAUSE_S, longest_s=LONGEST_PAUSE_S)
            log.info("video.cut", address=address, at=progress.have, error=str(error))
            budget.pause(pause)


def _piece(
    progress: _Progress, hosts: FileHosts, address: str, budget: Budget, *, beginning: bool
) -> None:
    end = min(progress.have + PIECE_BYTES, progress.limit)
    headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
    headers["Range"] = f"bytes={progress.have}-{end - 1}"
    if progress.validator:
        headers["If-Range"] = progress.validator
    with hosts.open(address, headers) as response:
        raise_for(response, KINDS)
        _place(progress, response)
        if not beginning and (progress.total or 0) > progress.limit:
            raise OverLimit(f"{address} has {progress.total} bytes (video.max_mebibytes)")
        _store(progress, response, budget)


def _place(progress: _Progress, response: requests.Response) -> None:
    """Find out where in the file this answer begins, and how long that is."""
    if response.status_code == requests.codes.partial_content:
        match = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if not match or int(match[1]) != progress.have:
            raise NetworkFault(f"{response.url} answered with other bytes than were asked for")
        progress.total = int(match[2])
    else:  # the whole: another version by now, or a server that gives no parts
        if progress.have:
            progress.restart()
        length = response.headers.get("Content-Length", "")
        progress.total = int(length) if length.isdecimal() else None
    progress.validator = progress.validator or _validator(response)


def _store(progress: _Progress, response: requests.Response, budget: Budget) -> None:
    while chunk := response.raw.read1(READ_BYTES):
        kept = chunk[: progress.limit - progress.have]
        progress.file.write(kept)
        progress.have += len(kept)
        budget.check()
        if len(kept) < len(chunk):
            return
    if progress.total is None:
        progress.total = progress.have


def _validator(response: requests.Response) -> str:
    """Return what If-Range takes: a strong ETag, else the date (RFC 9110, 13.1.5)."""
    tag: str = response.headers.get("ETag", "")
    return response.headers.get("Last-Modified", "") if tag.startswith("W/") or not tag else tag
