"""Measures two things in turn, A B A B …, so that what else the machine does falls on both."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

MS: Final = 1e3
US: Final = 1e6

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Sample:
    """What several runs of one thing gave, each value in `unit`."""

    name: str
    values: Sequence[float]
    unit: str

    @property
    def median(self) -> float:
        """The middle value, which one disturbed run does not move."""
        return statistics.median(self.values)

    def per_second(self, things: str) -> "Sample":
        """Return how many per second that is; the values have to be in µs or ms each."""
        scale = {"ms": MS, "µs": US}[self.unit]
        return Sample(self.name, [scale / value for value in self.values], f"{things}/s")

    def __str__(self) -> str:
        middle = f"{short(self.median)} {self.unit}".strip()
        if len(self.values) == 1:
            return middle
        return f"{middle} ({short(min(self.values))} to {short(max(self.values))})"


@dataclass(frozen=True, slots=True)
class Bound:
    """What a figure is held against."""

    word: Literal["at most", "at least"]
    value: float

    def holds(self, figure: float) -> bool:
        """Tell whether `figure` keeps to it."""
        return figure <= self.value if self.word == "at most" else figure >= self.value

    def __str__(self) -> str:
        return f"{self.word} {short(self.value)}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a ratio of medians, or one figure when there is nothing beside it."""

    name: str
    sample: Sample
    beside: Sample | None = None
    bound: Bound | None = None

    @property
    def figure(self) -> float:
        """What the bound is about."""
        return self.sample.median / self.beside.median if self.beside else self.sample.median

    def cells(self) -> list[str]:
        """Return the columns of `HEADINGS`."""
        runs = str(len(self.sample.values))
        ratio = short(self.figure) if self.beside else ""
        beside = f"{self.beside.name}: {self.beside}" if self.beside else ""
        verdict = ("yes" if self.bound.holds(self.figure) else "no") if self.bound else ""
        ours = f"{self.sample.name}: {self.sample}"
        return [self.name, ours, beside, runs, ratio, str(self.bound or ""), verdict]


HEADINGS: Final = ("Figure", "Median (range)", "Beside", "Runs", "Ratio", "Bound", "Holds")


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence that belongs to the figures."""

    text: str


@dataclass(frozen=True, slots=True)
class Missing:
    """What could not be measured, and why."""

    what: str
    why: str


Line = Row | Note | Missing


def interleaved(
    sides: Mapping[str, Callable[[], object]],
    *,
    rounds: int,
    per: int = 1,
    warm_up: int = 1,
    clock: Clock = time.process_time,
    scale: float = MS,
) -> list[Sample]:
    """Run every side once a round, in turn.

    Args:
        sides: name → what to run.
        rounds: those that count.
        per: things that one run does.
        warm_up: rounds before those that count.
        clock: seconds; processor time of this process unless another is given.
        scale: `MS` or `US`.

    Returns:
        For each side, in order, its time for each thing.
    """
    unit = {MS: "ms", US: "µs"}[scale]
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(warm_up + rounds):
        for name, run in sides.items():
            started = clock()
            run()
            taken[name].append(scale * (clock() - started) / per)
    return [Sample(name, values[warm_up:], unit) for name, values in taken.items()]


def short(value: float) -> str:
    """Return a number with three figures, or all of them before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
