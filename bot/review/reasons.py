"""A deletion's comment → the class of its reason.

Comments are free text. Admins mostly pick them from MediaWiki:Deletereason-dropdown, name a
criterion of https://commons.wikimedia.org/wiki/Commons:Criteria_for_speedy_deletion, or link a
deletion request. The request's name, and a file's, say nothing of the reason.
"""

import re
from typing import Final

from bot.review.outcomes import Reason

_NAMES: Final = re.compile(
    r"\[\[[^\]|]*(?:deletion requests/|file:)[^\]]*\]\]|deletion requests/\S+"
)
# The first that matches counts, so the telling ones come first.
_PATTERNS: Final = (
    (Reason.NUDITY, r"com:(nudity|penis|porn|nopenis)|nudity|nude|\bpenis\b|porn|genital|sexual"),
    (Reason.COPYVIO, r"copy\s?vio|copyright|com:(licensing|fop|dw|toys|packaging|netcopyvio)"),
    (Reason.COPYVIO, r"\bf[1-6]\b|non-?free|fair use|derivative|no (permission|source|licen[sc]e)"),
    (Reason.REQUEST, r"(uploader|author|user)('s)? request|\b(sd)?g7\b|courtesy"),
    (Reason.HOUSEKEEPING, r"duplicate|redundant|corrupt|\bf[789]\b|\bg[1268]\b|test (page|file)"),
    (Reason.PERSONAL, r"\bf10\b|personal (photo|image|picture)|selfie"),
    (Reason.SCOPE, r"com:(scope|webhost)|out of (project )?scope|not (in|within) scope|\bscope\b"),
)
_CLASSES: Final = tuple((reason, re.compile(pattern)) for reason, pattern in _PATTERNS)


def reason_of(comment: str) -> Reason:
    """Return the class of a deletion's reason; `UNKNOWN` when the comment names none we know."""
    text = _NAMES.sub("", comment.lower().replace("_", " "))
    text = text.replace("commons:", "com:").replace("com:project scope", "com:scope")
    return next((reason for reason, known in _CLASSES if known.search(text)), Reason.UNKNOWN)
