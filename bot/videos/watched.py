"""What one source showed of a video."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.rules import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Views in order of time, at least one.

    Attributes:
        views: what the rules judge.
        partial: less was looked at than the settings ask for.
        gap_s: longest time between two looks, seconds.
        notes: why it is partial, for the log.
    """

    views: Sequence[View]
    partial: bool
    gap_s: float
    notes: Sequence[str] = ()
