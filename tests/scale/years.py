"""As long as it takes, hour by hour: a backfill of all files, at the rates that minutes gave.

What cannot be seen in minutes is added: uploads come in waves, the wiki has bad hours, machines are
away.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from scale.figures import HOURS_A_DAY, Assumed

HOUR_S: Final = 3600.0
SWING: Final = 0.4  # of uploads between day and night, against the mean
CONTEST_DAYS: Final = range(60, 91)  # as in September, Wiki Loves Monuments
CONTEST: Final = 2.0  # times as many uploads
BAD_HOURS: Final = 0.01  # share of hours in which the wiki lets nothing through
FAILURE_DAYS: Final = 30.0  # from one failure on our side to the next, in the mean
REPAIR_HOURS: Final = 12  # until somebody has mended it
LONGEST_DAYS: Final = 3650
SEED: Final = 11


@dataclass(frozen=True, slots=True)
class Pace:
    """What minutes gave, in files per second."""

    alone: float  # without the live bot
    beside: float  # beside it, at the mean of uploads


@dataclass(frozen=True, slots=True)
class Course:
    """How many files are left at the end of each day; the last is the day on which none is."""

    left: tuple[float, ...]

    @property
    def days(self) -> int:
        """How long it took."""
        return len(self.left)

    @property
    def finished(self) -> bool:
        """Whether an end was reached at all."""
        return not self.left[-1]


def last(assumed: Assumed, pace: Pace) -> Course:
    """Let a backfill of all files run until it is done, ten years at most."""
    chance = random.Random(SEED)
    cost = pace.alone - pace.beside  # what the live bot takes from the backfill, at the mean
    away = _away(chance)
    left, course = float(assumed.files), []
    for day in range(LONGEST_DAYS):
        for hour in range(HOURS_A_DAY):
            if next(away) or chance.random() < BAD_HOURS:
                continue
            rate = pace.alone - cost * _wave(day, hour)
            left = max(0.0, left - max(0.0, rate) * HOUR_S)
        course.append(left)
        if not left:
            break
    return Course(tuple(course))


def _wave(day: int, hour: int) -> float:
    """Return the uploads of an hour against the mean."""
    tide = 1.0 + SWING * math.sin(2 * math.pi * hour / HOURS_A_DAY)
    return tide * (CONTEST if day % 365 in CONTEST_DAYS else 1.0)


def _away(chance: random.Random) -> Iterator[bool]:
    """Yield for each hour whether our side is broken."""
    repair = 0
    while True:
        if repair:
            repair -= 1
        elif chance.random() < 1 / (FAILURE_DAYS * HOURS_A_DAY):
            repair = REPAIR_HOURS
        yield bool(repair)
