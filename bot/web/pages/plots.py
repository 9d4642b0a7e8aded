"""The geometry of plots, which templates draw as SVG. Everything is in units of the drawing.

Words stand beside a drawing, not in it: it is stretched to the width there is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 1000.0
HEIGHT: Final = 100.0
GAP: Final = 0.18  # of a bar's room


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, from the bottom up, with what is said of it."""

    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar for each value. `top` is the value at the upper edge."""

    bars: Sequence[Bar]
    top: float


def bars(values: Sequence[float], titles: Sequence[str]) -> Bars:
    """Return bars side by side; the highest reaches the upper edge."""
    top = max([*values, 1.0])
    room = WIDTH / max(1, len(values))
    drawn = [
        Bar(
            x=round(room * (number + GAP / 2), 1),
            y=round(HEIGHT * (1 - value / top), 1),
            width=round(room * (1 - GAP), 1),
            height=round(HEIGHT * value / top, 1),
            title=title,
        )
        for number, (value, title) in enumerate(zip(values, titles, strict=True))
    ]
    return Bars(drawn, top)


def points(pairs: Sequence[tuple[float, float]]) -> str:
    """Return places as SVG writes them, of pairs between 0 and 1; the second grows upwards."""
    return " ".join(f"{WIDTH * x:.1f},{HEIGHT * (1 - y):.1f}" for x, y in pairs)


def scaled(low: float, high: float) -> Callable[[float], float]:
    """Return what brings a value between two bounds to 0 to 1."""
    span = (high - low) or 1.0
    return lambda value: min(1.0, max(0.0, (value - low) / span))
