"""How often to look, so that the frames allowed last to the end of a video of any length.

Half of them are for the regular looks, half for cuts and changes. How long a video goes on is
estimated anew at every frame, because its header may lie.
"""

from typing import Final

from model.video.limits import VideoLimits
from model.video.source import Source

READ_AHEAD_BYTES: Final = 2**18  # that FFmpeg has read and not yet decoded, at most
LEAST_SHARE: Final = 0.02  # of a file, to tell its length from
# What a header claims is believed up to this, and up to this many times the length seen so far.
BELIEVED_S: Final = 600.0
BELIEVED_TIMES: Final = 4.0
HEAD_START: Final = 0.25  # of the looks at cuts, which may be spent before their time


class Outlook:
    """An estimate of how much of a video is still to come."""

    def __init__(self, source: Source, claimed_s: float | None) -> None:
        """Take the length that the header claims, in seconds, if any."""
        self._source = source
        self._claimed_s = claimed_s

    def remaining_s(self, time_s: float) -> float:
        """Return the seconds to come after `time_s`."""
        believed = max(BELIEVED_S, BELIEVED_TIMES * time_s)
        guesses = [believed]
        if self._claimed_s is not None and self._claimed_s > time_s:
            guesses.append(self._claimed_s - time_s)
        share = (self._source.tell() - READ_AHEAD_BYTES) / max(1, self._source.bytes)
        if LEAST_SHARE < share < 1:
            guesses.append(time_s * (1 - share) / share)
        return min(guesses) if len(guesses) > 1 else min(believed, time_s)

    def progress(self, time_s: float) -> float:
        """Return the share of the video before `time_s`, 0 to 1."""
        whole = time_s + self.remaining_s(time_s)
        return time_s / whole if whole else 0.0


class Budget:
    """The frames that may still be scored."""

    def __init__(self, limits: VideoLimits, outlook: Outlook) -> None:
        self._gap_s = limits.gap_s
        self._outlook = outlook
        self._changes = limits.frames // 2
        self._changes_left = self._changes
        # One is kept for the first frame, one for the last.
        self._regular_left = limits.frames - self._changes - 2

    @property
    def is_spent(self) -> bool:
        """Whether no regular look is left."""
        return self._regular_left <= 0

    def gap_s(self, time_s: float) -> float:
        """Return how long after a look the next one is due, seconds; infinite when none is left."""
        if self.is_spent:
            return float("inf")
        # The second term keeps a few looks for a video that goes on and on against every estimate.
        remaining_s = max(self._outlook.remaining_s(time_s), time_s / 4)
        return max(self._gap_s, remaining_s / self._regular_left)

    def spend_regular(self) -> None:
        """Take one regular look."""
        self._regular_left -= 1

    def spend_change(self, time_s: float) -> bool:
        """Take a look at a change, unless too many were taken for this part of the video."""
        spent = self._changes - self._changes_left
        allowed = self._changes * min(1.0, HEAD_START + self._outlook.progress(time_s))
        if spent >= allowed:
            return False
        self._changes_left -= 1
        return True
