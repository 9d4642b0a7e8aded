"""The meter of one process alone."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.limits.meter import (
    FULL_POLL_S,
    ON_ITS_WAY_S,
    URGENT_S,
    WINDOW_S,
    Answer,
    Budget,
    Limits,
)

GRANTED = Answer(granted=True)
SPENT = "this second is spent"


@dataclass(slots=True)
class _Window:
    """What of one budget is taken: on its way, or spent within the last `WINDOW_S`."""

    limit: int
    total: int = 0
    spent: deque[tuple[float, int]] = field(default_factory=deque)
    on_its_way: dict[str, float] = field(default_factory=dict)  # by holder: until when at most

    def wait_s(self, amount: int, now: float) -> float:
        """Return how long it takes until `amount` may fit in, 0 when it does."""
        for holder in [one for one, until in self.on_its_way.items() if until <= now]:
            self.arrived(holder, now)
        while self.spent and self.spent[0][0] <= now - WINDOW_S:
            self.total -= self.spent.popleft()[1]
        excess, wait_s = self.total + amount - self.limit, 0.0
        for moment, spent in self.spent:
            if excess <= 0:
                return wait_s
            excess, wait_s = excess - spent, moment + WINDOW_S - now
        return FULL_POLL_S if excess > 0 else wait_s

    def spend(self, amount: int, now: float) -> None:
        self.spent.append((now, amount))
        self.total += amount

    def send(self, holder: str, now: float) -> None:
        self.on_its_way[holder] = now + ON_ITS_WAY_S
        self.total += 1

    def arrived(self, holder: str, now: float) -> None:
        if self.on_its_way.pop(holder, None) is not None:
            self.spent.append((now, 1))


class LocalMeter:
    """Keeps the limits among the threads of this process; see `Meter`.

    Args:
        limits: What is allowed.
        clock: Tells the time in seconds; it never goes back.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._at_once = limits.at_once
        self._clock = clock
        self._lock = threading.Lock()
        self._windows = {budget: _Window(limits.of_budget(budget)) for budget in Budget}
        self._places: dict[str, float] = {}  # by holder: when the lease runs out
        self._closed_until, self._why = 0.0, ""
        self._urgent_until = dict.fromkeys(Budget, 0.0)  # until then one who is urgent waits

    def enter(self, holder: str, *, lease_s: float, urgent: bool) -> Answer:
        """See `Meter`."""
        with self._lock:
            now = self._clock()
            taken = {who: until for who, until in self._places.items() if until > now}
            self._places = taken
            if holder not in taken and len(taken) >= self._at_once:
                full = Answer(granted=False, wait_s=FULL_POLL_S, why="all places are taken")
                return self._refuse(full, Budget.FETCHES, now, urgent=urgent)
            answer = self._send(Budget.FETCHES, holder, now, urgent=urgent)
            if answer.granted:
                taken[holder] = now + lease_s
            return answer

    def spend(self, holder: str, amount: int, *, lease_s: float) -> Answer:
        """See `Meter`."""
        with self._lock:
            now = self._clock()
            if self._places.get(holder, 0.0) <= now:
                return Answer(granted=False, why="the place was lost", final=True)
            self._places[holder] = now + lease_s
            self._windows[Budget.FETCHES].arrived(holder, now)
            window = self._windows[Budget.BYTES]
            if wait_s := window.wait_s(amount, now):
                return Answer(granted=False, wait_s=wait_s, why=SPENT)
            window.spend(amount, now)
            return GRANTED

    def leave(self, holder: str) -> None:
        """See `Meter`."""
        with self._lock:
            self._places.pop(holder, None)
            self._windows[Budget.FETCHES].arrived(holder, self._clock())

    def call(self, holder: str, *, urgent: bool) -> Answer:
        """See `Meter`."""
        with self._lock:
            return self._send(Budget.CALLS, holder, self._clock(), urgent=urgent)

    def answered(self, holder: str) -> None:
        """See `Meter`."""
        with self._lock:
            self._windows[Budget.CALLS].arrived(holder, self._clock())

    def close(self, seconds: float, why: str) -> None:
        """See `Meter`."""
        with self._lock:
            until = self._clock() + seconds
            if until > self._closed_until:
                self._closed_until, self._why = until, why

    def _kept_back(self, budget: Budget, now: float, *, urgent: bool) -> Answer | None:
        if self._closed_until > now:
            return Answer(granted=False, wait_s=self._closed_until - now, why=self._why, final=True)
        if self._urgent_until[budget] > now and not urgent:
            return Answer(granted=False, wait_s=FULL_POLL_S, why="others are urgent")
        return None

    def _send(self, budget: Budget, holder: str, now: float, *, urgent: bool) -> Answer:
        if refusal := self._kept_back(budget, now, urgent=urgent):
            return refusal
        window = self._windows[budget]
        if wait_s := window.wait_s(1, now):
            spent = Answer(granted=False, wait_s=wait_s, why=SPENT)
            return self._refuse(spent, budget, now, urgent=urgent)
        window.send(holder, now)
        if urgent:
            self._urgent_until[budget] = 0.0  # another one who waits says so again when it asks
        return GRANTED

    def _refuse(self, refusal: Answer, budget: Budget, now: float, *, urgent: bool) -> Answer:
        if urgent:
            self._urgent_until[budget] = now + refusal.wait_s + URGENT_S
        return refusal
