"""The words by which people decide about a suggestion, and what each says about it.

The question is whether a file was worth a patroller's look for what the suggestion named, not
whether it is explicit: nudity is allowed on Commons.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Answer(StrEnum):
    """What a decision says about the suggestion."""

    HIT = "hit"  # worth the look
    MISS = "miss"  # not worth it
    NONE = "no answer"  # it says nothing about what was suggested


class Outcome(StrEnum):
    """What was decided about a file. These words may stand in an entry's `state`."""

    OK = "ok"
    FALSE_POSITIVE = "false positive"
    KEPT = "kept"
    SCOPE = "scope"
    DELETED = "deleted"
    COPYVIO = "copyvio"
    UNSURE = "unsure"
    OTHER = "other"  # whatever else was written


class Reason(StrEnum):
    """Why a file was deleted, as far as the log's comment says so."""

    NUDITY = "nudity out of scope"
    SCOPE = "out of scope"
    PERSONAL = "personal photo"
    COPYVIO = "copyvio"
    REQUEST = "uploader request"
    HOUSEKEEPING = "housekeeping"
    UNKNOWN = "unknown"


MEANING: Final[Mapping[Outcome, Answer]] = {
    Outcome.OK: Answer.MISS,
    Outcome.FALSE_POSITIVE: Answer.MISS,
    Outcome.KEPT: Answer.MISS,
    Outcome.SCOPE: Answer.HIT,
    Outcome.DELETED: Answer.HIT,
    Outcome.COPYVIO: Answer.NONE,
    Outcome.UNSURE: Answer.NONE,
    Outcome.OTHER: Answer.NONE,
}
# A deletion for another reason would have come without the suggestion, and does not confirm it.
CONFIRMING: Final = frozenset({Reason.NUDITY, Reason.SCOPE, Reason.PERSONAL})

_SPELLINGS: Final[Mapping[str, Outcome]] = {
    **{outcome.value: outcome for outcome in Outcome},
    "fp": Outcome.FALSE_POSITIVE,
    "false-positive": Outcome.FALSE_POSITIVE,
    "false_positive": Outcome.FALSE_POSITIVE,
}
_FIRST_WORD: Final = re.compile(
    "|".join(rf"{re.escape(word)}\b" for word in sorted(_SPELLINGS, key=len, reverse=True))
)


def outcome_of(state: str) -> Outcome | None:
    """Return what a reviewer wrote into an entry's state, None for nothing.

    What follows the word, such as a signature, does not matter. A word that is none of ours is
    `OTHER`: somebody decided, and we do not know what.
    """
    written = state.strip().lower()
    if not written:
        return None
    found = _FIRST_WORD.match(written)
    return _SPELLINGS[found[0]] if found else Outcome.OTHER


def answer_of(outcome: Outcome, reason: Reason | None = None) -> Answer:
    """Return what a decision says about the suggestion; `reason` is that of a deletion's log."""
    if outcome is Outcome.DELETED and reason is not None and reason not in CONFIRMING:
        return Answer.NONE
    return MEANING[outcome]
