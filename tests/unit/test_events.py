"""Upload events: recorded ones, damaged ones, and whatever JSON can say."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import MalformedEvent
from bot.events import Upload, hex_sha1, is_canary, parse_upload, position
from support.properties import PATIENT

SAMPLES = Path(__file__).parents[1] / "samples"
WIKI = "commonswiki"
UPLOADS = ("upload", "overwrite", "revert-by-web", "revert-by-api", "restore")


def recorded(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))["data"]
    return event


def upload_event(**changes: Any) -> dict[str, Any]:
    return {**recorded("upload"), **changes}


def without(field: str) -> dict[str, Any]:
    event = upload_event()
    del event[field]
    return event


def others() -> list[str]:
    return sorted({path.stem for path in SAMPLES.glob("*.json")} - set(UPLOADS))


def test_a_recorded_upload_is_read_whole() -> None:
    assert parse_upload(recorded("upload"), WIKI) == Upload(
        log_id=16,
        action="upload",
        title="File:Rig event 1795357906.png",
        user="Uploader",
        by_bot=False,
        sha1=f"{int('5c5j46uaroxq4daw5ej5r8rgqm16rm1', 36):040x}",
        uploaded_at=datetime(2026, 11, 22, 14, 31, 46, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("upload", "upload"),
        ("overwrite", "overwrite"),
        ("revert-by-web", "revert"),
        ("revert-by-api", "overwrite"),
        ("restore", "restore"),
    ],
)
def test_every_recorded_way_to_add_a_file_version_is_an_upload(name: str, action: str) -> None:
    upload = parse_upload(recorded(name), WIKI)
    assert upload
    assert upload.action == action


def test_a_restored_file_is_read_as_of_the_moment_it_came_back() -> None:
    upload = parse_upload(recorded("restore"), WIKI)
    assert upload
    assert (upload.log_id, upload.user, upload.sha1) == (24, "", None)
    assert upload.uploaded_at == datetime(2026, 11, 22, 14, 31, 50, tzinfo=UTC)


@pytest.mark.parametrize(
    "changes",
    [
        {"namespace": 2},
        {"log_params": {"count": {"revisions": 1, "files": 0}}},
        {"log_action": "delete"},
        {"log_action": "revision"},
    ],
)
def test_a_restored_page_without_a_file_is_none(changes: dict[str, Any]) -> None:
    assert parse_upload({**recorded("restore"), **changes}, WIKI) is None


@pytest.mark.parametrize("params", [[], {}, {"count": 3}, {"count": {"files": 2}}])
def test_a_restored_file_may_have_come_back_when_the_log_does_not_say(params: Any) -> None:
    assert parse_upload({**recorded("restore"), "log_params": params}, WIKI)


@pytest.mark.parametrize("name", others())
def test_every_other_recorded_event_is_not(name: str) -> None:
    assert parse_upload(recorded(name), WIKI) is None


def test_an_upload_on_another_wiki_is_not_ours() -> None:
    assert parse_upload(recorded("upload"), "dewiki") is None


@pytest.mark.parametrize("action", ["review", "", None, [], {}, 1])
def test_an_upload_log_with_an_unknown_action_is_no_upload(action: Any) -> None:
    assert parse_upload(upload_event(log_action=action), WIKI) is None


def test_a_canary_is_recognised_even_when_it_looks_like_an_upload() -> None:
    assert is_canary(recorded("canary"))
    assert parse_upload(upload_event(meta={"domain": "canary"}), WIKI) is None


# The sha1 of nothing, as the API and as the log of any wiki with an empty file have it.
EMPTY_HEX = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
EMPTY_BASE36 = "phoiac9h4m842xq45sp7s6u21eteeq1"
LARGEST_BASE36 = "twj4yidkw7a8pn4g709kzmfoaol3x8f"


@pytest.mark.parametrize(
    ("base36", "digits"),
    [(EMPTY_BASE36, EMPTY_HEX), ("0" * 31, "0" * 40), (LARGEST_BASE36, "f" * 40)],
)
def test_base_36_becomes_the_hex_of_the_api(base36: str, digits: str) -> None:
    assert hex_sha1(base36) == digits


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "5c5j46",  # cut short
        "0" + EMPTY_BASE36,
        LARGEST_BASE36[:-1] + "g",  # one more than 160 bits hold
        "-" + EMPTY_BASE36[1:],
        EMPTY_BASE36[:15] + "_" + EMPTY_BASE36[16:],
        " " + EMPTY_BASE36[1:],
        EMPTY_BASE36[:30] + "\u0661",  # ARABIC-INDIC DIGIT ONE, which int() would take
        EMPTY_BASE36 + "\n",
    ],
)
def test_what_is_no_sha1_in_base_36_is_refused(damaged: str) -> None:
    with pytest.raises(ValueError, match="is no sha1"):
        hex_sha1(damaged)


@pytest.mark.parametrize("params", [[], {}, None])
def test_a_hidden_log_entry_has_no_sha1_and_the_time_of_its_event(params: Any) -> None:
    upload = parse_upload(upload_event(log_params=params), WIKI)
    assert upload
    assert upload.sha1 is None
    assert upload.uploaded_at == datetime(2026, 11, 22, 14, 31, 46, tzinfo=UTC)


@pytest.mark.parametrize("field", ["log_id", "title"])
def test_an_upload_without_what_identifies_it_is_malformed(field: str) -> None:
    with pytest.raises(MalformedEvent, match=field):
        parse_upload(without(field), WIKI)


@pytest.mark.parametrize("field", ["user", "bot", "meta", "timestamp", "comment", "namespace"])
def test_an_upload_without_what_can_be_spared_is_taken(field: str) -> None:
    assert parse_upload(without(field), WIKI)


def test_without_any_time_an_upload_is_malformed() -> None:
    event = {**without("timestamp"), "log_params": []}
    with pytest.raises(MalformedEvent, match="timestamp"):
        parse_upload(event, WIKI)


@pytest.mark.parametrize(
    "damage",
    [
        {"log_id": True},
        {"log_id": "16"},
        {"log_id": 1.5},
        {"log_id": 0},
        {"log_id": 2**63},
        {"title": ""},
        {"title": ["File:A.jpg"]},
        {"title": "File:\ud800.jpg"},
        {"title": f"File:{'x' * 400}.jpg"},
        {"user": "x" * 400},
        {"user": {"name": "A"}},
        {"user": "half a \udc00 character"},
        {"log_params": ["img_sha1"]},
        {"log_params": "img_sha1"},
        {"log_params": {"img_sha1": 7}},
        {"log_params": {"img_sha1": "not base 36"}},
        {"log_params": {"img_timestamp": "yesterday"}},
        {"log_params": {"img_timestamp": 20261122143146}},
        {"log_params": [], "timestamp": "soon"},
        {"log_params": [], "timestamp": 1e300},
        {"log_params": [], "timestamp": float("inf")},
        {"log_params": [], "timestamp": float("nan")},
    ],
)
def test_a_damaged_upload_is_malformed_and_its_message_can_be_stored(damage: Any) -> None:
    with pytest.raises(MalformedEvent) as caught:
        parse_upload(upload_event(**damage), WIKI)
    assert str(caught.value).encode()


def test_the_position_is_the_streams_own_time_in_milliseconds() -> None:
    assert position(recorded("upload")) == 1795357906867
    assert position(recorded("canary")) == 1795357911060


def test_a_time_without_a_zone_is_utc() -> None:
    assert position({"meta": {"dt": "1970-01-01T00:00:01.5"}}) == 1500


@pytest.mark.parametrize("meta", [None, [], {}, {"dt": None}, {"dt": "soon"}, {"dt": 1.0}])
def test_an_event_that_does_not_say_its_time_has_no_position(meta: Any) -> None:
    assert position({"meta": meta}) is None


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=5,
)
PARAMS = JSON_VALUES | st.fixed_dictionaries(
    {}, optional={"img_sha1": JSON_VALUES, "img_timestamp": JSON_VALUES}
)
FIELDS = {"log_id": JSON_VALUES, "title": JSON_VALUES, "timestamp": JSON_VALUES}
SPARE = {"user": JSON_VALUES, "bot": JSON_VALUES, "meta": JSON_VALUES, "log_params": PARAMS}


@PATIENT
@given(st.fixed_dictionaries({}, optional=FIELDS | SPARE))
@example({"log_id": 1, "title": "File:A", "timestamp": 1e30})
def test_no_json_object_raises_anything_but_malformed_event(changes: dict[str, Any]) -> None:
    kept = {"type": "log", "log_type": "upload", "log_action": "upload", "wiki": WIKI}
    upload = None
    message = ""
    try:
        upload = parse_upload({**changes, **kept}, WIKI)
    except MalformedEvent as error:
        message = str(error)
    # Either way, what is left of the event can be stored.
    stored = [upload.title, upload.user] if upload else [message]
    assert all(text.encode() is not None for text in stored)


@PATIENT
@given(st.dictionaries(st.sampled_from(["type", "log_type", "wiki", "meta", "a"]), JSON_VALUES))
def test_no_json_object_at_all_is_an_upload_by_accident(event: dict[str, Any]) -> None:
    assert parse_upload(event, WIKI) is None


@PATIENT
@given(st.text() | st.datetimes().map(datetime.isoformat))
@example("0001-01-01T00:00:00+14:00")
@example("9999-12-31T23:59:59-14:00")
def test_no_time_stamp_makes_position_fail(stamp: str) -> None:
    assert isinstance(position({"meta": {"dt": stamp}}), int | None)
