"""What goes into the queue of work and comes out of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
    crashes: int = 0  # attempts before this one that ended with the death of an isolated process
    failing_s: float = 0.0  # how long ago, at the claim, the first counted attempt had failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """The scores of one content by one model version."""

    sha1: str
    model: str
    medium: str
    views: Sequence[dict[str, Any]]
    partial: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict and what it rests on."""

    verdict: str
    rule: str | None = None  # the first that applied
    confidence: float | None = None  # what its labels add up to
    thresholds: Mapping[str, float] = field(default_factory=dict)  # in force, by rule
    hits: Sequence[Mapping[str, Any]] = ()  # every rule that applied, those in shadow too
    facts: Mapping[str, Any] = field(default_factory=dict)  # what was known of the file


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """An effect to be had on the wiki, stored together with the verdict that calls for it."""

    kind: str
    page: str
    entry: dict[str, Any]
    weight: float = 0.0  # when a quota holds some back, what weighs more goes out first


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one claimed upload ended: with scores, a verdict, and what that calls for.

    `shadow` are a candidate model's scores, kept for comparison alone.
    """

    job: Job
    decision: Decision
    scored: Scored
    intents: Sequence[Intent] = ()
    shadow: Scored | None = None
