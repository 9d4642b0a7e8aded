"""Where a connection starts to read, and what it is told to resume from.

Follows https://github.com/wikimedia/KafkaSSE (lib/KafkaSSE.js, lib/utils.js) and
https://github.com/wikimedia/mediawiki-services-eventstreams (routes/stream.js).
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from bot.demo.topic import FIRST_OFFSET, IDLE_TOPIC, LIVE_TOPIC, PARTITION, Record, Topic
from bot.demo.wire import Assignment, http_error, kafka_error

TOPICS = (LIVE_TOPIC, IDLE_TOPIC)
LATEST = -1
"""Kafka's name for the end of a topic."""


@dataclass
class Position:
    """Where one connection stands in the topics."""

    assignments: list[Assignment]
    """What the next event's `id` will hold, one entry a topic."""
    offset: int | None
    """Next offset to read of the live topic; None when the client asked for other topics only."""

    def behind(self, record: Record) -> "Position":
        """Return the position after `record`: a client resumes 1 ms later than its Kafka time."""
        passed = {
            "topic": LIVE_TOPIC,
            "partition": PARTITION,
            "timestamp": record.timestamp_ms + 1,
        }
        assignments = [passed if _is_live(a) else a for a in self.assignments]
        return Position(assignments, record.offset + 1)


def start(topic: Topic, *, last_event_id: str | None, since: str | None) -> Position:
    """Return where a request starts to read; `Last-Event-ID` beats `since`.

    Raises:
        Refused: one of the two cannot be understood, or a topic is not of this stream.
    """
    since_ms = _milliseconds(since) if since else None
    wanted = list(TOPICS) if last_event_id is None else _parsed(last_event_id)
    by_offset: list[Assignment] = []
    by_time: list[Assignment] = []
    for entry in wanted:
        assignment = _from_name(entry, since_ms) if isinstance(entry, str) else entry
        if "offset" in assignment:
            by_offset.append(assignment)
        else:
            by_time.append(_resolved(topic, assignment))
    assignments = by_offset + by_time
    live = next((a["offset"] for a in assignments if _is_live(a)), None)
    return Position(assignments, None if live is None else _within(topic, live))


def _milliseconds(since: str) -> int:
    """Parse `since`: milliseconds or an ISO 8601 date, in UTC unless it says otherwise."""
    if since.isdecimal():
        return int(since)
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        raise http_error(
            HTTPStatus.BAD_REQUEST,
            "invalid_timestamp",
            "Invalid timestamp",
            "since timestamp is not a UTC milliseconds unix epoch and was not parseable: "
            f"'{since}'",
        ) from None
    return round(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000)


def _parsed(last_event_id: str) -> list[str | Assignment]:
    bad_request, name = HTTPStatus.BAD_REQUEST, "InvalidAssignmentError"
    try:
        wanted = json.loads(last_event_id)
    except ValueError as error:
        raise kafka_error(bad_request, name, str(error)) from None
    if not isinstance(wanted, list) or not wanted or not all(map(_is_assignment, wanted)):
        expected = "an array topic names, or an array of objects with topic, partition and offset"
        raise kafka_error(bad_request, name, f"Must provide either {expected}|timestamp.")
    topics = {entry if isinstance(entry, str) else entry["topic"] for entry in wanted}
    if unknown := topics.difference(TOPICS):
        message = f"Topics {', '.join(sorted(unknown))} are not available for consumption."
        raise kafka_error(HTTPStatus.NOT_FOUND, "TopicNotAvailableError", message)
    return wanted


def _is_assignment(entry: Any) -> bool:
    if isinstance(entry, str):
        return True
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("topic"), str)
        and isinstance(entry.get("partition"), int)
        and (isinstance(entry.get("offset"), int) or isinstance(entry.get("timestamp"), int))
    )


def _from_name(topic: str, since_ms: int | None) -> Assignment:
    start_at = {"offset": LATEST} if since_ms is None else {"timestamp": since_ms}
    return {"topic": topic, "partition": PARTITION, **start_at}


def _resolved(topic: Topic, assignment: Assignment) -> Assignment:
    """Return `assignment` with the offset that belongs to its time."""
    offset = topic.offset_at(assignment["timestamp"]) if _is_live(assignment) else None
    return {
        "topic": assignment["topic"],
        "partition": assignment["partition"],
        "offset": LATEST if offset is None else offset,
    }


def _is_live(assignment: Assignment) -> bool:
    return bool(assignment["topic"] == LIVE_TOPIC and assignment["partition"] == PARTITION)


def _within(topic: Topic, offset: int) -> int:
    """Kafka starts at the end when asked for an offset that it does not have."""
    return offset if FIRST_OFFSET <= offset <= topic.end else topic.end
