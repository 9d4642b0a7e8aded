"""The meter of one process alone."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.limits.meter import FULL_POLL_S, URGENT_S, WINDOW_S, Answer, Budget, Limits

GRANTED = Answer(granted=True)


@dataclass(slots=True)
class _Window:
    """What was granted of one budget within the last `WINDOW_S`."""

    limit: int
    total: int = 0
    grants: deque[tuple[float, int]] = field(default_factory=deque)

    def wait_s(self, amount: int, now: float) -> float:
        """Return how long it takes until `amount` fits in, 0 when it does."""
        while self.grants and self.grants[0][0] <= now - WINDOW_S:
            self.total -= self.grants.popleft()[1]
        excess, wait_s = self.total + amount - self.limit, 0.0
        for moment, granted in self.grants:
            if excess <= 0:
                break
            excess, wait_s = excess - granted, moment + WINDOW_S - now
        return wait_s

    def add(self, amount: int, now: float) -> None:
        self.grants.append((now, amount))
        self.total += amount


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
        self._urgent_until = 0.0

    def enter(self, holder: str, *, lease_s: float, urgent: bool) -> Answer:
        """See `Meter`."""
        with self._lock:
            now = self._clock()
            taken = {who: until for who, until in self._places.items() if until > now}
            self._places = taken
            if holder not in taken and len(taken) >= self._at_once:
                return self._refuse(FULL_POLL_S, "all places are taken", now, urgent=urgent)
            if refusal := self._kept_back(now, urgent=urgent):
                return refusal
            answer = self._take(Budget.FETCHES, 1, now, urgent=urgent)
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
            return self._take(Budget.BYTES, amount, now, urgent=False)

    def call(self, *, urgent: bool) -> Answer:
        """See `Meter`."""
        with self._lock:
            now = self._clock()
            refusal = self._kept_back(now, urgent=urgent)
            return refusal or self._take(Budget.CALLS, 1, now, urgent=urgent)

    def leave(self, holder: str) -> None:
        """See `Meter`."""
        with self._lock:
            self._places.pop(holder, None)

    def close(self, seconds: float, why: str) -> None:
        """See `Meter`."""
        with self._lock:
            until = self._clock() + seconds
            if until > self._closed_until:
                self._closed_until, self._why = until, why

    def _kept_back(self, now: float, *, urgent: bool) -> Answer | None:
        if self._closed_until > now:
            return Answer(granted=False, wait_s=self._closed_until - now, why=self._why, final=True)
        if self._urgent_until > now and not urgent:
            return Answer(granted=False, wait_s=FULL_POLL_S, why="others are urgent")
        return None

    def _take(self, budget: Budget, amount: int, now: float, *, urgent: bool) -> Answer:
        window = self._windows[budget]
        if wait_s := window.wait_s(amount, now):
            return self._refuse(wait_s, "this second is spent", now, urgent=urgent)
        window.add(amount, now)
        if urgent:
            self._urgent_until = 0.0  # another one who waits says so again when it asks
        return GRANTED

    def _refuse(self, wait_s: float, why: str, now: float, *, urgent: bool) -> Answer:
        if urgent:
            self._urgent_until = now + wait_s + URGENT_S
        return Answer(granted=False, wait_s=wait_s, why=why)
