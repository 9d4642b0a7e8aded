"""What the tests put into a ledger, and how they look at it from outside."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import NullPool, create_engine

from bot.ledger import Decision, Intent, Job, Ledger, Scored
from support.uploads import upload

STREAM = "http://127.0.0.1/stream"
MODEL = "model@1"
LEASE_S = 600.0
EXPIRED_S = -1.0  # a lease that has run out already
MAX_ATTEMPTS = 3


class Child(Protocol):
    """Starts a process that does something to a ledger; see `support.ledger_child`."""

    def __call__(self, action: str, argument: str = ..., *, at: str = ...) -> subprocess.Popen[str]:
        """Start it."""


def address(path: Path) -> str:
    """Return the address of the ledger in the file `path`."""
    return f"sqlite:///{path}"


def fill(ledger: Ledger, log_ids: Sequence[int], position: int | None = None) -> int:
    """Record one upload for each id; return how many were new."""
    return ledger.intake.record(STREAM, [upload(log_id) for log_id in log_ids], position)


def claim(ledger: Ledger, *, limit: int = 100, lease_s: float = LEASE_S) -> list[Job]:
    """Claim what is due."""
    return ledger.queue.claim(limit=limit, lease_s=lease_s, max_attempts=MAX_ATTEMPTS)


def claim_one(ledger: Ledger, lease_s: float = LEASE_S) -> Job:
    """Claim what is due, which has to be one upload."""
    (job,) = claim(ledger, lease_s=lease_s)
    return job


def scored(job: Job, **changes: Any) -> Scored:
    """Return scores of the content of `job`."""
    views = [{"scores": {"drawing": 0.9, "neutral": 0.1}, "place": ""}]
    whole = {"sha1": job.sha1, "model": MODEL, "medium": "image", "views": views, "partial": False}
    return Scored(**{**whole, **changes})


def intent(job: Job) -> Intent:
    """Return the effect of a verdict that calls for one."""
    return Intent(kind="log-page", page="User:Bot/Log/2026-11-22", entry={"key": job.log_id})


def finish(ledger: Ledger, job: Job, *, review: bool = False) -> bool:
    """Finish `job`, with an effect when it is up for review."""
    verdict, intents = ("review", [intent(job)]) if review else ("cleared", [])
    decision = Decision(verdict)
    return ledger.queue.finish(job, decision=decision, scored=scored(job), intents=intents)


def states(ledger: Ledger) -> dict[str, int]:
    """Return how many uploads are in each state that any upload is in."""
    counts = ledger.census.take()
    assert counts.balanced
    return {state: count for state, count in counts.states.items() if count}


def rows(place: str, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of `query`, read past the ledger's own code."""
    with create_engine(place, poolclass=NullPool).connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def intact(path: Path) -> bool:
    """Tell whether SQLite itself finds no damage."""
    return rows(address(path), "PRAGMA integrity_check") == [("ok",)]
