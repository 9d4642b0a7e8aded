"""Whether twice as many workers do twice as much, until the limiter binds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from backfill.proof import Outcome, Plan
from bot.limits.meter import WINDOW_S

SHARE: Final = 0.85  # of the expected pace that will do


@dataclass(frozen=True, slots=True)
class Pace:
    """What some workers did together, and the least of what one alone and the limiter promise."""

    workers: int
    pace: float  # contents a second
    linear: float  # so many times the pace of one
    bound: float  # what the limiter lets through

    @property
    def expected(self) -> float:
        """Contents a second."""
        return min(self.linear, self.bound)

    @property
    def good(self) -> bool:
        """Whether they did what was to be expected."""
        return self.pace >= SHARE * self.expected

    def __str__(self) -> str:
        """Return a line for a person."""
        binds = "the limiter" if self.bound < self.linear else "the number of workers"
        share = f"{self.pace / self.expected:.0%} of {self.expected:.1f}, where {binds} binds"
        return f"{self.workers} workers: {self.pace:.1f} contents a second, {share}"


def bound(plan: Plan) -> float:
    """Return the fetches a second that the limiter lets through when nothing else binds.

    A fetch is counted until a second after its answer; see `bot.limits.meter`.
    """
    return plan.allowed.fetches / (WINDOW_S + plan.latency_s)


def judged(outcomes: Sequence[Outcome], limit: float) -> list[Pace]:
    """Compare undisturbed runs with the first of them, which is that of one worker."""
    (one, *_) = outcomes
    return [Pace(each.workers, each.pace, each.workers * one.pace, limit) for each in outcomes]
