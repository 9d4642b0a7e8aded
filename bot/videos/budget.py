"""What one video may still cost, in time and requests."""

import threading
import time

from bot.errors import RetryLater
from bot.settings.video import VideoSettings
from model.errors import OverLimit

AROUND_IT = 2  # requests for the file's description before, and its hash after


class Budget:
    """Counts down. Its methods raise instead of letting a video cost more."""

    def __init__(self, settings: VideoSettings, stop: threading.Event) -> None:
        self._settings = settings
        self._stop = stop
        self._begun = time.monotonic()
        self.requests_spent = AROUND_IT

    @property
    def seconds_spent(self) -> float:
        """Time since the beginning."""
        return time.monotonic() - self._begun

    @property
    def seconds_left(self) -> float:
        """Time that is left; never below zero."""
        return max(0.0, self._settings.seconds - self.seconds_spent)

    @property
    def requests_left(self) -> int:
        """Requests that are left."""
        return self._settings.requests - self.requests_spent

    def take_request(self) -> None:
        """Count a request that is about to be made.

        Raises:
            OverLimit: it would be one too many, or time is over.
            RetryLater: the bot is ending.
        """
        self.check()
        if self.requests_left <= 0:
            raise OverLimit(f"more than {self._settings.requests} requests (video.requests)")
        self.requests_spent += 1

    def check(self) -> None:
        """Raise OverLimit if time is over, RetryLater if the bot is ending."""
        self.check_stop()
        if not self.seconds_left:
            raise OverLimit(f"more than {self._settings.seconds:g} s (video.seconds)")

    def check_stop(self) -> None:
        """Raise RetryLater if the bot is ending: what failed just now says nothing of the file."""
        if self._stop.is_set():
            raise RetryLater("the bot is ending")

    def pause(self, seconds: float) -> None:
        """Wait, but not past the end of the budget or of the bot."""
        self._stop.wait(min(seconds, self.seconds_left))
