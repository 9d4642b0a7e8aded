"""Each condition holds, does not hold, or cannot be told."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.rules import Facts, FilePage, Record, Uploader
from bot.rules.conditions import checks, combined
from bot.settings.conditions import Conditions

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KNOWN = Facts(
    medium="video",
    mime="video/webm",
    bytes=1_000,
    pixels=640 * 480,
    uploaded_at=NOW - timedelta(hours=2),
    judged_at=NOW,
    uploader=Uploader(groups=("image-reviewer",), edits=149, registered_at=NOW - timedelta(days=9)),
    record=Record(suggested=2, confirmed=1),
    page=FilePage(templates=("PD old", "LicenseReview"), categories=("Sculptures in Rome",)),
)
UNKNOWN = Facts(medium="video")
CASES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"media": ["video"]}, {"media": ["image", "document"]}),
    ({"mime": ["image/png", "video/*"]}, {"mime": ["image/*"]}),
    ({"bytes": {"at_least": 1_000}}, {"bytes": {"below": 1_000}}),
    ({"pixels": {"at_least": 1, "below": 400_000}}, {"pixels": {"at_least": 400_000}}),
    ({"uploader": {"groups": ["bot", "image-reviewer"]}}, {"uploader": {"groups": ["bot"]}}),
    ({"uploader": {"not_groups": ["bot"]}}, {"uploader": {"not_groups": ["image-reviewer"]}}),
    ({"uploader": {"edits": {"below": 150}}}, {"uploader": {"edits": {"below": 149}}}),
    (
        {"uploader": {"registered_days": {"at_least": 9}}},
        {"uploader": {"registered_days": {"below": 9}}},
    ),
    (
        {"uploader": {"suggested_before": {"at_least": 2}}},
        {"uploader": {"suggested_before": {"at_least": 3}}},
    ),
    (
        {"uploader": {"confirmed_before": {"at_least": 1}}},
        {"uploader": {"confirmed_before": {"at_least": 2}}},
    ),
    ({"uploader": {"fine_before": {"below": 1}}}, {"uploader": {"fine_before": {"at_least": 1}}}),
    ({"page": {"templates": ["pD_old"]}}, {"page": {"templates": ["PD"]}}),
    ({"page": {"no_templates": ["PD"]}}, {"page": {"no_templates": ["PD old"]}}),
    ({"page": {"categories": ["Sculptures_in_Rome"]}}, {"page": {"categories": ["Rome"]}}),
    ({"page": {"no_categories": ["Rome"]}}, {"page": {"no_categories": ["Sculptures in Rome"]}}),
    ({"page": {"license_reviewed": True}}, {"page": {"license_reviewed": False}}),
    (
        {"time": {"hours_since_upload": {"at_least": 2}}},
        {"time": {"hours_since_upload": {"below": 2}}},
    ),
    ({"time": {"since": "2026-11-22T10:00"}}, {"time": {"since": "2026-11-22T12:00+01:00"}}),
    ({"time": {"until": "2026-11-23"}}, {"time": {"until": "2026-11-22T10:00"}}),
]
# The medium is always known.
TO_BE_FOUND_OUT = [case for case in CASES if "media" not in case[0]]


def holds(when: dict[str, Any], facts: Facts) -> bool | None:
    conditions = Conditions.model_validate_json(json.dumps(when))
    return combined(check.holds for check in checks(conditions, facts))


@pytest.mark.parametrize(("true", "false"), CASES)
def test_a_condition_holds_or_does_not(true: dict[str, Any], false: dict[str, Any]) -> None:
    assert holds(true, KNOWN) is True
    assert holds(false, KNOWN) is False


@pytest.mark.parametrize("when", [case[0] for case in TO_BE_FOUND_OUT])
def test_what_is_not_known_neither_holds_nor_fails(when: dict[str, Any]) -> None:
    assert holds(when, UNKNOWN) is None


def test_all_that_is_asked_has_to_hold() -> None:
    assert holds({"media": ["video"], "bytes": {"below": 2_000}}, KNOWN) is True
    assert holds({"media": ["video"], "bytes": {"below": 200}}, KNOWN) is False
    assert holds({"media": ["image"], "bytes": {"below": 2_000}}, UNKNOWN) is False
    assert holds({}, UNKNOWN) is True


def test_an_account_that_is_none_is_new() -> None:
    nobody = Facts(medium="image", judged_at=NOW, uploader=Uploader())
    new = {"edits": {"below": 1}, "registered_days": {"below": 1}, "not_groups": ["bot"]}
    assert holds({"uploader": new}, nobody) is True


def test_a_licence_that_waits_for_its_review_is_not_reviewed() -> None:
    page = FilePage(templates=("LicenseReview",), categories=("License review needed (video)",))
    facts = Facts(medium="image", page=page)
    assert holds({"page": {"license_reviewed": False}}, facts) is True


def test_what_is_known_survives_the_record() -> None:
    assert Facts.from_json(KNOWN.as_json()) == KNOWN
    assert Facts.from_json(UNKNOWN.as_json()) == UNKNOWN
