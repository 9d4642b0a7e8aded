"""Moments of a video, and what weighs in them."""

from collections.abc import Sequence

from bot.rules import Scores
from bot.rules.views import weight
from bot.settings.rules import Rule


def clock(seconds: float) -> str:
    """Return a time in a video as a person writes it: 0:07, 1:02:03."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def heaviest(rules: Sequence[Rule], scores: Scores) -> float:
    """Return what the heaviest rule weighs in one view, 0 to 1."""
    return max(weight(rule, scores) for rule in rules)
