"""Moments of a video, and what weighs in them."""

import re
from collections.abc import Sequence
from typing import Final

from bot.rules import Scores
from bot.rules.views import weight
from bot.settings.rules import Rule

CLOCK: Final = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d\d)", re.ASCII)


def clock(seconds: float) -> str:
    """Return a time in a video as a person writes it: 0:07, 1:02:03."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def second_of(place: str) -> int | None:
    """Return the second that `clock` wrote; None if it did not write that."""
    found = CLOCK.fullmatch(place)
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return 3600 * hours + 60 * minutes + seconds


def precise(seconds: float) -> str:
    """Return a time in a video to the tenth of a second: 0:07.4."""
    tenths = int(10 * seconds + 1e-6)  # so that 3.5 is not printed as 3.4
    return f"{clock(tenths / 10)}.{tenths % 10}"


def heaviest(rules: Sequence[Rule], scores: Scores) -> float:
    """Return what the heaviest rule weighs in one view, 0 to 1."""
    return max(weight(rule, scores) for rule in rules)
