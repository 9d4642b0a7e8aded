"""The meter that all processes share, in a Redis.

A Redis that cannot be reached grants nothing: everybody waits, and nobody goes on unlimited.
"""

from collections import deque
from typing import Any, Final

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

from bot.errors import GateClosed
from bot.limits import scripts
from bot.limits.meter import (
    FORGETFUL_PAUSE_S,
    FULL_POLL_S,
    ON_ITS_WAY_S,
    URGENT_S,
    WINDOW_S,
    Answer,
    Budget,
    Limits,
)

log = structlog.get_logger(__name__)

TIMEOUT_S: Final = 5.0  # to connect, and for an answer
AWAY_PAUSE_S: Final = 5.0  # before a Redis that could not be reached is asked again
ALWAYS: Final = (WINDOW_S, FORGETFUL_PAUSE_S, FULL_POLL_S, URGENT_S, ON_ITS_WAY_S)
FINAL: Final = ("closed", "lost")


class SharedMeter:
    """Keeps the limits among all who use the same Redis and prefix; see `Meter`."""

    def __init__(self, address: str, prefix: str, limits: Limits) -> None:
        self._limits = limits
        self._state = f"{prefix}:limits"
        self._places = f"{prefix}:limits:places"
        self._redis = redis.Redis.from_url(
            address,
            socket_timeout=TIMEOUT_S,
            socket_connect_timeout=TIMEOUT_S,
            # Whoever is sent away comes again by itself.
            retry=Retry(NoBackoff(), 1),
            decode_responses=True,
        )
        self._enter = self._redis.register_script(scripts.ENTER)
        self._spend = self._redis.register_script(scripts.SPEND)
        self._call = self._redis.register_script(scripts.CALL)
        self._leave = self._redis.register_script(scripts.LEAVE)
        self._close = self._redis.register_script(scripts.CLOSE)
        self._untold: deque[tuple[Budget, str]] = deque()  # what Redis was away for

    def enter(self, holder: str, *, lease_s: float, urgent: bool) -> Answer:
        """See `Meter`."""
        told = (holder, lease_s, self._limits.at_once, self._limits.fetches, int(urgent))
        return self._ask(self._enter, Budget.FETCHES, *told)

    def spend(self, holder: str, amount: int, *, lease_s: float) -> Answer:
        """See `Meter`."""
        told = (holder, lease_s, amount, self._limits.bytes)
        return self._ask(self._spend, Budget.BYTES, *told)

    def leave(self, holder: str) -> None:
        """See `Meter`."""
        self._tell(Budget.FETCHES, holder)

    def call(self, holder: str, *, urgent: bool) -> Answer:
        """See `Meter`."""
        return self._ask(self._call, Budget.CALLS, holder, self._limits.calls, int(urgent))

    def answered(self, holder: str) -> None:
        """See `Meter`."""
        self._tell(Budget.CALLS, holder)

    def close(self, seconds: float, why: str) -> None:
        """See `Meter`."""
        self._ask(self._close, Budget.CALLS, seconds, why)

    def _tell(self, budget: Budget, holder: str) -> None:
        """Tell that a request is over; later, if Redis is away: or its place would stay taken."""
        self._untold.append((budget, holder))
        try:
            self._tell_all()
        except redis.RedisError as error:
            log.info("limits.not-told", holder=holder, error=str(error))

    def _tell_all(self) -> None:
        for _ in range(len(self._untold)):
            try:
                budget, holder = self._untold.popleft()
            except IndexError:  # another thread was quicker
                return
            try:
                self._run(self._leave, budget, holder)
            except redis.RedisError:
                self._untold.append((budget, holder))
                raise

    def _ask(self, script: Any, budget: Budget, *told: object) -> Answer:
        try:
            self._tell_all()
            word, wait, why = self._run(script, budget, *told)
        except redis.RedisError as error:
            raise GateClosed(
                f"fleet.redis does not answer, so nothing is asked for: {error}",
                retry_after=AWAY_PAUSE_S,
            ) from error
        return Answer(granted=word == "go", wait_s=float(wait), why=why, final=word in FINAL)

    def _run(self, script: Any, budget: Budget, *told: object) -> Any:
        keys = (self._state, self._places, self._budget(budget), self._budget(Budget.FETCHES))
        return script(keys=keys, args=(*ALWAYS, *told))

    def _budget(self, budget: Budget) -> str:
        return f"{self._state}:{budget}"
