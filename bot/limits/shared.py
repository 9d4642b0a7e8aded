"""The meter that all processes share, in a Redis.

A Redis that cannot be reached grants nothing: everybody waits, and nobody goes on unlimited.
"""

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
    URGENT_S,
    WINDOW_S,
    Answer,
    Budget,
    Limits,
)

log = structlog.get_logger(__name__)

TIMEOUT_S: Final = 5.0  # to connect, and for an answer
AWAY_PAUSE_S: Final = 5.0  # before a Redis that could not be reached is asked again
ALWAYS: Final = (WINDOW_S, FORGETFUL_PAUSE_S, FULL_POLL_S, URGENT_S)
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
        self._close = self._redis.register_script(scripts.CLOSE)

    def enter(self, holder: str, *, lease_s: float, urgent: bool) -> Answer:
        """See `Meter`."""
        told = (holder, lease_s, self._limits.at_once, self._limits.fetches, int(urgent))
        return self._ask(self._enter, Budget.FETCHES, *told)

    def spend(self, holder: str, amount: int, *, lease_s: float) -> Answer:
        """See `Meter`."""
        told = (holder, lease_s, amount, self._limits.bytes)
        return self._ask(self._spend, Budget.BYTES, *told)

    def call(self, *, urgent: bool) -> Answer:
        """See `Meter`."""
        return self._ask(self._call, Budget.CALLS, self._limits.calls, int(urgent))

    def leave(self, holder: str) -> None:
        """See `Meter`."""
        try:
            self._redis.zrem(self._places, holder)
        except redis.RedisError as error:
            log.info("limits.not-left", error=str(error))

    def close(self, seconds: float, why: str) -> None:
        """See `Meter`."""
        self._ask(self._close, Budget.CALLS, seconds, why)

    def _ask(self, script: Any, budget: Budget, *told: object) -> Answer:
        keys = (self._state, self._places, f"{self._state}:{budget}")
        try:
            word, wait, why = script(keys=keys, args=(*ALWAYS, *told))
        except redis.RedisError as error:
            raise GateClosed(
                f"fleet.redis does not answer, so nothing is asked for: {error}",
                retry_after=AWAY_PAUSE_S,
            ) from error
        return Answer(granted=word == "go", wait_s=float(wait), why=why, final=word in FINAL)
