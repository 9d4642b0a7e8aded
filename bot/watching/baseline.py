"""Is the last day like those before it? Pure functions of counts.

A deviation is told in units of the spread of the days before, by median and median absolute
deviation, which one odd day does not move (Iglewicz and Hoaglin, How to Detect and Handle
Outliers, 1993).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median
from typing import Final

from bot.ledger import Day

MAD_TO_SIGMA: Final = 1.4826  # of a normal distribution
FEWEST_DAYS: Final = 3  # with fewer, nothing is known of what is usual
LEAST_SHARE_SPREAD: Final = 0.01  # a share that never moved may still move by this
SCORED_SHARE: Final = "scored_share"
FLAGS: Final = "flags_per_day"


@dataclass(frozen=True, slots=True)
class Reading:
    """One measure of the last day. `deviation` is signed, in units of the usual spread."""

    measure: str
    value: float
    usual: float
    deviation: float

    def departs(self, deviations: float) -> bool:
        """Tell whether this is further off than is to be expected."""
        return abs(self.deviation) > deviations


def readings(days: Sequence[Day]) -> Sequence[Reading]:
    """Compare the first of `days` with the rest; days on which nothing was seen tell nothing.

    Returns:
        Nothing when there is too little to compare.
    """
    last, past = days[0], [day for day in days[1:] if day.seen]
    if not last.seen or len(past) < FEWEST_DAYS:
        return []
    shares = [_scored_share(day) for day in past]
    flags = [float(day.flagged) for day in past]
    # Rare events scatter by the root of their number (Poisson), however alike the past days were.
    scatter = sqrt(max(1.0, median(flags)))
    return [
        _read(SCORED_SHARE, _scored_share(last), shares, least_spread=LEAST_SHARE_SPREAD),
        _read(FLAGS, float(last.flagged), flags, least_spread=scatter),
    ]


def _scored_share(day: Day) -> float:
    return day.scored / day.seen


def _read(measure: str, value: float, past: Sequence[float], *, least_spread: float) -> Reading:
    usual = median(past)
    spread = max(MAD_TO_SIGMA * median(abs(one - usual) for one in past), least_spread)
    return Reading(measure, value, usual, (value - usual) / spread)
