"""What goes into the queue of work and comes out of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A claimed upload."""

    log_id: int
    title: str
    user: str
    sha1: str | None
    uploaded_at: datetime
    attempt: int  # 1 on the first try
    lease: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """The scores of one content by one model version."""

    sha1: str
    model: str
    medium: str
    views: Sequence[dict[str, Any]]
    partial: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """An effect to be had on the wiki, stored together with the verdict that calls for it."""

    kind: str
    page: str
    entry: dict[str, Any]
