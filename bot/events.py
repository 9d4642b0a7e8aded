"""One upload event, parsed and filtered from recentchange JSON.

Schema: mediawiki/recentchange 1.0.1. Uploads are log events (core `LocalFile::recordUpload3`).
A file that an administrator restores appears without one: the deletion log tells of it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, cast

from bot.errors import MalformedEvent

Action = Literal["upload", "overwrite", "revert", "restore"]
UPLOAD_ACTIONS = ("upload", "overwrite", "revert")
RESTORE = "restore"
FILE_NAMESPACE = 6
LARGEST_LOG_ID = 2**63 - 1
LONGEST_NAME = 320  # characters; MediaWiki allows 255 bytes, plus the namespace's name
SHA1_BITS = 160
SHA1_HEX_DIGITS = 40
BASE36 = 36
# MediaWiki pads to 31 digits: Wikimedia\base_convert( …, 16, 36, 31 ) in FSFile::getSha1Base36.
SHA1_IN_BASE36 = re.compile(r"[0-9a-z]{31}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file version that appeared on the wiki."""

    log_id: int  # unique on its wiki: the key of everything that follows
    action: Action
    title: str
    user: str  # empty when the log entry hides it, and of a restored file, which tells who restored
    by_bot: bool
    sha1: str | None  # 40 hex digits of the original file; None when the log entry does not tell
    uploaded_at: datetime  # the file version's own time, UTC; of a restored file when it came back


@dataclass(frozen=True, slots=True)
class Hole:
    """A stretch of the stream of which events are or may be missing, from and to ms since 1970."""

    since: int
    until: int
    reason: Literal["skipped", "garbled", "asked", "check"]


def parse_upload(event: Mapping[str, Any], wiki: str) -> Upload | None:
    """Return the upload that `event` announces on `wiki`, or None when it is something else.

    Raises:
        MalformedEvent: it is an upload event, but not a whole one.
    """
    if not _brings_file(event) or event.get("wiki") != wiki or is_canary(event):
        return None
    if event.get("type") != "log":
        return None
    try:
        return _upload(event)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise MalformedEvent(f"upload event {event.get('log_id')!r}: {error!r}") from error


def is_canary(event: Mapping[str, Any]) -> bool:
    """Tell whether this is one of the stream's own heartbeat events."""
    return bool(_meta(event).get("domain") == "canary")


def position(event: Mapping[str, Any]) -> int | None:
    """Return the time the stream received the event, in milliseconds since 1970, if it says so."""
    moment = _meta(event).get("dt")
    if not isinstance(moment, str):
        return None
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return int(parsed.replace(tzinfo=parsed.tzinfo or UTC).timestamp() * 1000)


def hex_sha1(base36: str) -> str:
    """Return the 40 hex digits the API gives for the log's 31 digits in base 36.

    Raises:
        ValueError: it is no such number.
    """
    value = int(base36, BASE36) if SHA1_IN_BASE36.fullmatch(base36) else -1
    if not 0 <= value < 2**SHA1_BITS:
        raise ValueError(f"{base36!r} is no sha1 in base 36")
    return f"{value:0{SHA1_HEX_DIGITS}x}"


def _brings_file(event: Mapping[str, Any]) -> bool:
    action = event.get("log_action")
    match event.get("log_type"):
        case "upload":
            return action in UPLOAD_ACTIONS
        case "delete":
            return action == RESTORE and _restores_file(event)
    return False


def _restores_file(event: Mapping[str, Any]) -> bool:
    """Tell whether more came back than a page's text, as far as the log entry says."""
    if event.get("namespace") != FILE_NAMESPACE:
        return False
    match event.get("log_params"):
        case {"count": {"files": 0}}:
            return False
    return True


def _meta(event: Mapping[str, Any]) -> Mapping[str, Any]:
    meta = event.get("meta")
    return meta if isinstance(meta, dict) else {}


def _upload(event: Mapping[str, Any]) -> Upload:
    # PHP writes an empty map as [], and a hidden log entry has no parameters.
    params = event.get("log_params") or {}
    if not isinstance(params, dict):
        raise TypeError(f"log_params is {params!r}")
    sha1 = params.get("img_sha1")
    restored = event["log_action"] == RESTORE
    return Upload(
        log_id=_log_id(event["log_id"]),
        action=cast("Action", event["log_action"]),
        title=_filled(event["title"]),
        user="" if restored else _text(event.get("user") or ""),
        by_bot=event.get("bot") is True,
        sha1=hex_sha1(sha1) if sha1 else None,
        uploaded_at=_moment(params.get("img_timestamp"), event),
    )


def _moment(compact: str | None, event: Mapping[str, Any]) -> datetime:
    if compact:
        return datetime.strptime(compact, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return datetime.fromtimestamp(event["timestamp"], UTC)


def _log_id(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= LARGEST_LOG_ID:
        raise TypeError(f"log_id is {value!r}")
    return value


def _filled(value: Any) -> str:
    if not value:
        raise ValueError(f"title is {value!r}")
    return _text(value)


def _text(value: Any) -> str:
    """Return `value` if it is text that a database can store; JSON can hold half a character."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    if len(value) > LONGEST_NAME:
        raise ValueError(f"{value[:LONGEST_NAME]!r} goes on for {len(value)} characters")
    value.encode()
    return value
