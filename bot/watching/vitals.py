"""What the process knows of itself: when its threads took turns, what was tried and failed."""

import threading
import time
from collections import Counter
from collections.abc import Mapping


class Vitals:
    """Kept by the threads, read by the health checks and the metrics. Safe to share."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due: dict[str, float] = {}
        self._troubles: dict[str, Exception | None] = {}
        self._pauses: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        self._attempts = 0
        self._shadow_files = 0
        self._shadow_seconds = 0.0
        self._shadow_failures: Counter[str] = Counter()
        self.model: str | None = None  # its version, once it is loaded

    def beat(self, thread: str, pause_s: float = 0.0, trouble: Exception | None = None) -> None:
        """Note that a thread took a turn, what went wrong, and when it will take the next."""
        with self._lock:
            self._due[thread] = time.monotonic() + pause_s
            self._troubles[thread] = trouble
            if trouble:
                self._pauses[type(trouble).__name__] += 1

    def overdue_s(self) -> Mapping[str, float]:
        """Return for how many seconds each thread's next turn has been due; 0 while it pauses."""
        now = time.monotonic()
        with self._lock:
            return {thread: max(0.0, now - due) for thread, due in self._due.items()}

    def troubled_by(self, kind: type[Exception]) -> bool:
        """Tell whether the last turn of any thread ended with such an error."""
        with self._lock:
            return any(isinstance(trouble, kind) for trouble in self._troubles.values())

    @property
    def pauses(self) -> Mapping[str, int]:
        """How many turns ended with an error that means to pause, by its class."""
        with self._lock:
            return dict(self._pauses)

    def attempted(self, uploads: int) -> None:
        """Count attempts at uploads."""
        with self._lock:
            self._attempts += uploads

    def failed(self, error: Exception) -> None:
        """Count an attempt that ended with an error, by the error's class."""
        with self._lock:
            self._failures[type(error).__name__] += 1

    @property
    def attempts(self) -> int:
        """How many attempts this process has begun."""
        with self._lock:
            return self._attempts

    @property
    def failures(self) -> Mapping[str, int]:
        """How many of them failed, by error class."""
        with self._lock:
            return dict(self._failures)

    def shadow_scored(self) -> None:
        """Count a file that the candidate has scored too."""
        with self._lock:
            self._shadow_files += 1

    def shadow_took(self, seconds: float) -> None:
        """Count the time that the candidate has taken."""
        with self._lock:
            self._shadow_seconds += seconds

    def shadow_failed(self, error: Exception) -> None:
        """Count a failure of the candidate, which cost nothing but its own score."""
        with self._lock:
            self._shadow_failures[type(error).__name__] += 1

    @property
    def shadow_files(self) -> int:
        """How many files the candidate has scored."""
        with self._lock:
            return self._shadow_files

    @property
    def shadow_seconds(self) -> float:
        """How long the candidate has taken, in seconds."""
        with self._lock:
            return self._shadow_seconds

    @property
    def shadow_failures(self) -> Mapping[str, int]:
        """How often the candidate failed, by error class."""
        with self._lock:
            return dict(self._shadow_failures)
