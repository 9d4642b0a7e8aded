"""How much of each trouble a run makes."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One run. `troubles` counts by name, see `chaos.troubles`.

    Attributes:
        uploads: How many files are uploaded meanwhile.
        pause_s: The longest pause before the next trouble; each is drawn anew from 0 on.
        settle_s: How long after the last trouble everything may take to come to an end.
        troubles: How often each is made. Those a run has no means for are left out.
    """

    uploads: int
    pause_s: float
    settle_s: float
    troubles: Mapping[str, int] = field(default_factory=dict)


LONG = Plan(
    uploads=1_500,
    pause_s=8.0,
    settle_s=1_800.0,
    troubles={
        "kill bot": 40,
        "kill bot in an edit": 10,
        "kill database": 4,
        "kill web server": 4,
        "fill disk": 3,
        "cut stream": 6,
        "stall stream": 3,
        "double stream": 3,
        "garble stream": 3,
        "refuse stream": 3,
        "answer 429": 3,
        "answer 503": 3,
        "answer HTML": 3,
        "lag": 3,
        "read-only": 3,
    },
)
SHORT = Plan(
    uploads=16,
    pause_s=1.5,
    settle_s=300.0,
    troubles={
        "kill bot": 1,
        "kill bot in an edit": 1,
        "kill database": 1,
        "kill web server": 1,
        "fill disk": 1,
        "cut stream": 1,
        "double stream": 1,
        "answer 503": 1,
    },
)
