"""How an event and an error are written.

Follows https://github.com/wikimedia/KafkaSSE (lib/SSEResponse.js, lib/error.js) and
https://github.com/wikimedia/mediawiki-services-eventstreams (lib/util.js).
"""

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from bot.demo.faults import GarbageKind

Assignment = dict[str, Any]
"""Where to read in one topic: `topic`, `partition` and one of `offset` and `timestamp`."""


class Refused(Exception):
    """A request that the service answers with `status` and the JSON `body`."""

    def __init__(self, status: HTTPStatus, body: dict[str, Any]) -> None:
        super().__init__(body)
        self.status = status
        self.body = body


def http_error(status: HTTPStatus, kind: str, title: str, detail: str) -> Refused:
    """Return an error of the web service itself."""
    body = {"status": status.value, "type": kind, "title": title, "detail": detail}
    return Refused(status, body)


def kafka_error(status: HTTPStatus, name: str, message: str) -> Refused:
    """Return an error of the Kafka client behind the service."""
    body = {"message": message, "origin": "KafkaSSE", "name": name, "statusCode": status.value}
    return Refused(status, body)


def frame(event: str, data: str, assignments: Sequence[Assignment]) -> list[bytes]:
    """Return the lines of one server-sent event; each travels as an HTTP chunk of its own."""
    identity = json.dumps(assignments, separators=(",", ":"))
    return [
        f"event: {event}\n".encode(),
        f"id: {identity}\n".encode(),
        f"data: {data}\n\n".encode(),
    ]


def garbage(kind: GarbageKind, data: str, assignments: Sequence[Assignment]) -> list[bytes]:
    """Return a damaged frame in place of the event `data`, under the same id."""
    match kind:
        case "bad_utf8":
            return [*frame("message", data, assignments)[:2], b'data: {"title":"\xff\xfe"}\n\n']
        case "bad_json":
            return frame("message", '{"meta":}', assignments)
        case "torn_event":
            return frame("message", data[: len(data) // 2], assignments)
        case "error_event":
            error = kafka_error(HTTPStatus.INTERNAL_SERVER_ERROR, "Error", "broker went away")
            return frame("error", json.dumps(error.body), assignments)
        case "null_data":
            return frame("message", "null", assignments)
