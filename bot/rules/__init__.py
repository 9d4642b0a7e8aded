"""Scores and facts → verdict. Pure functions of the rules in `config.yaml`."""

from bot.rules.facts import Facts, FilePage, Record, Uploader
from bot.rules.verdict import Cause, Hit, Verdict, cause, judge, needs
from bot.rules.views import (
    Scores,
    View,
    disagreement,
    own_labels,
    refuse_unknown_labels,
    unknown_labels,
)

__all__ = [
    "Cause",
    "Facts",
    "FilePage",
    "Hit",
    "Record",
    "Scores",
    "Uploader",
    "Verdict",
    "View",
    "cause",
    "disagreement",
    "judge",
    "needs",
    "own_labels",
    "refuse_unknown_labels",
    "unknown_labels",
]
