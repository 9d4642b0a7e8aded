"""A deletion's comment and the class of its reason."""

import pytest

from bot.review.outcomes import Reason
from bot.review.reasons import reason_of

REQUEST = "Commons:Deletion requests"


@pytest.mark.parametrize(
    ("comment", "reason"),
    [
        ("Out of [[COM:SCOPE|scope]]: [[COM:NUDITY]], low quality", Reason.NUDITY),
        ("Commons:Nudity#New uploads", Reason.NUDITY),
        ("another [[COM:PENIS]]", Reason.NUDITY),
        ("[[Commons:Project scope|Out of project scope]]", Reason.SCOPE),
        ("Not in scope", Reason.SCOPE),
        ("[[COM:CSD#F10|F10]] personal photo by a non-contributor", Reason.PERSONAL),
        ("Personal photo, out of scope", Reason.PERSONAL),
        ("[[COM:CSD#F1|Copyright violation]]: found elsewhere", Reason.COPYVIO),
        ("Derivative work of a poster", Reason.COPYVIO),
        ("No permission since 3 November 2026", Reason.COPYVIO),
        ("Author's request on day of upload, [[COM:CSD#G7]]", Reason.REQUEST),
        ("Exact or scaled-down duplicate: [[:File:Nude woman.jpg]]", Reason.HOUSEKEEPING),
        (f"per [[{REQUEST}/File:Nude woman at sea.jpg]]", Reason.UNKNOWN),
        (f"per [[{REQUEST}/Files of X|request]]: out of scope", Reason.SCOPE),
        (f"per {REQUEST}/File:Nude_woman.jpg", Reason.UNKNOWN),
        ("", Reason.UNKNOWN),
        ("misscoped microscope", Reason.UNKNOWN),
    ],
)
def test_a_reason_is_found_in_what_admins_write(comment: str, reason: Reason) -> None:
    assert reason_of(comment) is reason
