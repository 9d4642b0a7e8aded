"""What a meter promises; `tests/unit/test_limits.py` holds every kind of it to this."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from bot.settings.fleet import FleetSettings

# A request takes its share of a budget from its grant until so long after its answer has begun. It
# arrives in between, so that no second in which requests arrive holds more than a budget, however
# late some are on their way. A hundredth more than a second, for clocks that do not run alike.
WINDOW_S: Final = 1.01
# Then a request whose answer nobody has told of has arrived, or never will: its process was killed.
ON_ITS_WAY_S: Final = 10.0
# A meter that has forgotten what was granted lets nobody in until that has left the window.
FORGETFUL_PAUSE_S: Final = 3 * WINDOW_S
FULL_POLL_S: Final = 0.05  # before a place is asked for again, as nobody can tell when one is free
# For how long one who is refused, and urgent, keeps the others back from what it waits for, unless
# it is let in before.
URGENT_S: Final = 1.0
BITS_PER_BYTE: Final = 8
BITS_PER_MEGABIT: Final = 1_000_000


class Budget(StrEnum):
    """What is counted."""

    FETCHES = "fetches"  # requests to the file hosts
    BYTES = "bytes"  # read from them
    CALLS = "calls"  # requests to api.php


@dataclass(frozen=True, slots=True)
class Limits:
    """How many files may be fetched at once, and how much of each budget goes into a window."""

    at_once: int
    fetches: int
    bytes: int
    calls: int

    @classmethod
    def of(cls, settings: FleetSettings) -> "Limits":
        """Return the limits that are configured."""
        return cls(
            at_once=settings.fetches_at_once,
            fetches=settings.fetches_per_second,
            bytes=settings.megabits_per_second * BITS_PER_MEGABIT // BITS_PER_BYTE,
            calls=settings.calls_per_second,
        )

    def of_budget(self, budget: Budget) -> int:
        """Return what goes into one window."""
        limit: int = getattr(self, budget)
        return limit


@dataclass(frozen=True, slots=True)
class Answer:
    """Granted, or not: then when to ask again, in seconds, and why.

    `final`: waiting is of no use to this request. All were told to wait, or its place is lost.
    """

    granted: bool
    wait_s: float = 0.0
    why: str = ""
    final: bool = False


class Meter(Protocol):
    """Counts, and answers at once. Safe to share between threads.

    A holder stands for one request, and has a name that no other has.
    """

    def enter(self, holder: str, *, lease_s: float, urgent: bool) -> Answer:
        """Ask for one of the places for fetches, and for one fetch.

        Args:
            holder: Who asks.
            lease_s: The place is free again after so long, unless it is left before.
            urgent: Whoever is not urgent is refused while one who is waits for the same.

        Raises:
            GateClosed: the meter cannot be reached; nothing is granted.
        """

    def spend(self, holder: str, amount: int, *, lease_s: float) -> Answer:
        """Ask for bytes of an answer, and keep one's place; raises as `enter`.

        Whoever has a place may use it: to keep them back would keep those who wait for it back.
        """

    def leave(self, holder: str) -> None:
        """Give a place back. A meter that cannot be reached is told when it is asked again."""

    def call(self, holder: str, *, urgent: bool) -> Answer:
        """Ask for one request to api.php; raises as `enter`."""

    def answered(self, holder: str) -> None:
        """Tell that a call's answer has come, or never will; see `leave`."""

    def close(self, seconds: float, why: str) -> None:
        """Let nobody in for so long; a pause never becomes shorter. Raises as `enter`."""
