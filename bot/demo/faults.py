"""The ways in which the stream can be made to misbehave, all off until set."""

from dataclasses import dataclass, field, fields, replace
from threading import Lock
from typing import Literal

CutHow = Literal["close", "abort", "half", "half_clean"]
"""How a connection ends: properly, by a TCP reset, inside an event with the HTTP body left
unfinished, or inside an event with the body finished as if all were well."""

GarbageKind = Literal["bad_utf8", "bad_json", "torn_event", "error_event", "null_data"]

Countdown = Literal["drop", "duplicate", "late", "garbage"]


@dataclass(frozen=True)
class Refusal:
    """The next `count` requests are answered with `status` (and `Retry-After`, in seconds)."""

    status: int
    count: int = 1
    retry_after: int | None = None


@dataclass
class Faults:
    """Switches of an `EventStreamServer`; set them at any time, from any thread.

    The numbers `drop`, `duplicate`, `late` and `garbage` count down: each event hit takes one.
    """

    # Between the wiki and the stream.
    delay_s: float = 0.0
    drop: int = 0
    duplicate: int = 0
    late: int = 0
    """So many events arrive `late_s` after those published just behind them, with the earlier
    Kafka time: a client that resumes by id never sees them."""
    late_s: float = 0.5

    # Between the stream and the client.
    stall: bool = False
    bytes_per_s: float | None = None
    garbage: int = 0
    """So many events are preceded by garbage that carries their id."""
    garbage_kind: GarbageKind = "bad_json"
    max_age_s: float | None = None
    max_age_how: CutHow = "close"
    cut_after: int | None = None
    """Every connection ends after so many events."""
    cut_how: CutHow = "abort"
    refuse: Refusal | None = None

    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def take(self, name: Countdown) -> bool:
        """Count `name` down by one; false when it was at zero."""
        with self._lock:
            left: int = getattr(self, name)
            if left > 0:
                setattr(self, name, left - 1)
            return left > 0

    def take_refusal(self) -> Refusal | None:
        """Return the refusal that meets this request, if any, and count it down."""
        with self._lock:
            refusal = self.refuse
            if refusal is None:
                return None
            left = refusal.count - 1
            self.refuse = replace(refusal, count=left) if left > 0 else None
            return refusal

    def reset(self) -> None:
        """Switch every fault off."""
        with self._lock:
            for switch in fields(self):
                if switch.name != "_lock":
                    setattr(self, switch.name, switch.default)
