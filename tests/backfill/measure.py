"""What the wiki saw, against what was allowed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backfill.loopback import Fetch, Loopback

BITS_PER_MEGABIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Peaks:
    """The most there ever was: at once, and within any so many seconds."""

    at_once: int
    fetches: int  # within a second
    calls: int  # within a second
    megabits: float  # within a second
    fetches_in_10_s: int


def peaks(wiki: Loopback) -> Peaks:
    """Return the peaks of what a wiki was asked."""
    fetches = [(one.begun, 1) for one in wiki.fetches]
    calls = [(moment, 1) for moment in wiki.calls]
    sizes = [(one.ended, 8 * one.size) for one in wiki.fetches]
    return Peaks(
        at_once=most_at_once(wiki.fetches),
        fetches=most_within(fetches, 1.0),
        calls=most_within(calls, 1.0),
        megabits=most_within(sizes, 1.0) / BITS_PER_MEGABIT,
        fetches_in_10_s=most_within(fetches, 10.0),
    )


def most_within(amounts: Iterable[tuple[float, int]], seconds: float) -> int:
    """Return the largest sum of amounts within any so many seconds."""
    ordered = sorted(amounts)
    most = total = first = 0
    for moment, amount in ordered:
        total += amount
        while ordered[first][0] <= moment - seconds:
            total -= ordered[first][1]
            first += 1
        most = max(most, total)
    return most


def most_at_once(fetches: Sequence[Fetch]) -> int:
    """Return how many were waited for at one moment, at most."""
    steps = [(one.begun, 1) for one in fetches] + [(one.ended, -1) for one in fetches]
    most = inside = 0
    for _, step in sorted(steps):
        inside += step
        most = max(most, inside)
    return most
