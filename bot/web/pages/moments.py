"""The moments of a video on a line of time, from stored views."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.rules import Scores, View
from bot.videos.places import clock
from bot.web.pages.plots import HEIGHT, WIDTH, Bar, scaled

PLACE: Final = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d\d)(?:\.\d)?")
NARROWEST: Final = 6.0  # of a bar, in units of the drawing
LEAST_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Timeline:
    """A bar for each moment that was scored, as high as what `value` says of it.

    Attributes:
        below: Bars under the threshold.
        above: Those that reach it.
        line: The height of the threshold.
        ends: When the last moment was, as a person writes it.
    """

    below: Sequence[Bar]
    above: Sequence[Bar]
    line: float
    ends: str


def timeline(
    views: Sequence[View], value: Callable[[Scores], float], threshold: float
) -> Timeline | None:
    """Return the timeline of views that say when they were, None where there are none."""
    timed = [(seconds, view) for view in views if (seconds := seconds_of(view.place)) is not None]
    if not timed:
        return None
    last = max(LEAST_S, *(seconds for seconds, _ in timed))
    across = scaled(0.0, last)
    below, above = list[Bar](), list[Bar]()
    for seconds, view in timed:
        score = min(1.0, value(view.scores))
        bar = Bar(
            x=round(across(seconds) * (WIDTH - NARROWEST), 1),
            y=round(HEIGHT * (1 - score), 1),
            width=NARROWEST,
            height=round(HEIGHT * score, 1),
            title=f"{view.place}: {score:.2f}",
        )
        (above if score >= threshold else below).append(bar)
    return Timeline(below, above, HEIGHT * (1 - threshold), clock(last))


def seconds_of(place: str) -> int | None:
    """Return the moment that a place in a video names, in seconds; None where it names none."""
    found = PLACE.fullmatch(place)
    if not found:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return 3600 * hours + 60 * minutes + seconds
