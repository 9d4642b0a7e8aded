"""A clock that jumps from one moment to the next, and what happens at each."""

import heapq
import itertools
from collections.abc import Generator

Steps = Generator["float | Gate", None, None]
"""What something does: it yields seconds to let pass, or a gate to wait at."""


class Gate:
    """Where steps wait until somebody calls `open`."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._waiting: list[Steps] = []

    def open(self) -> None:
        """Let all go on that wait now."""
        waiting, self._waiting = self._waiting, []
        for steps in waiting:
            self._world.start(steps)

    def hold(self, steps: Steps) -> None:
        """Have `steps` wait."""
        self._waiting.append(steps)


class World:
    """Runs steps in the order of their moments; of equal ones, who came first goes first."""

    def __init__(self) -> None:
        self.now = 0.0  # seconds
        self._number = itertools.count()
        self._agenda: list[tuple[float, int, Steps]] = []

    def start(self, steps: Steps, after_s: float = 0.0) -> None:
        """Have `steps` go on after so many seconds."""
        heapq.heappush(self._agenda, (self.now + after_s, next(self._number), steps))

    def run(self, until: float) -> None:
        """Let time pass until then."""
        while self._agenda and self._agenda[0][0] <= until:
            self.now, _, steps = heapq.heappop(self._agenda)
            wish = next(steps, None)
            if isinstance(wish, Gate):
                wish.hold(steps)
            elif wish is not None:
                self.start(steps, wish)
        self.now = until
