"""Parts of a file on request, as upload.wikimedia.org gives them (RFC 9110, section 14)."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


@dataclass(frozen=True, slots=True)
class Part:
    """What is sent of a file."""

    status: HTTPStatus
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def part_of(content: bytes, asked: Mapping[str, str]) -> Part:
    """Return what a GET with the headers `asked` is answered with."""
    digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    headers = {"ETag": f'"{digest}"', "Accept-Ranges": "bytes"}
    match = _RANGE.fullmatch(asked.get("Range", ""))
    if not match or asked.get("If-Range", headers["ETag"]) != headers["ETag"]:
        return Part(HTTPStatus.OK, content, headers)
    start, end = int(match[1]), int(match[2] or len(content) - 1)
    if start >= len(content):
        headers["Content-Range"] = f"bytes */{len(content)}"
        return Part(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, b"", headers)
    end = min(end, len(content) - 1)
    headers["Content-Range"] = f"bytes {start}-{end}/{len(content)}"
    return Part(HTTPStatus.PARTIAL_CONTENT, content[start : end + 1], headers)
