"""The Kafka topic behind the stream: records in order, found again by offset or by time."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Condition
from typing import Any

LIVE_TOPIC = "eqiad.mediawiki.recentchange"
IDLE_TOPIC = "codfw.mediawiki.recentchange"
PARTITION = 0
FIRST_OFFSET = 5_900_000_000

Event = dict[str, Any]


@dataclass(frozen=True)
class Record:
    """One event as stored: `timestamp_ms` is Kafka's, in milliseconds since the epoch."""

    offset: int
    timestamp_ms: int
    data: str


class Topic:
    """An append-only log that many readers follow, kept in a file when one is given.

    The file holds one event a line, so that `since` reaches back over a restart.
    """

    def __init__(self, history_file: Path | None = None) -> None:
        self._changed = Condition()
        self._records: list[Record] = []
        self._history = history_file
        if history_file is not None and history_file.exists():
            self._records.extend(_records(history_file))

    def append(self, event: Event) -> Record:
        """Store `event`; its `meta.dt` is the Kafka time, as it is behind EventGate."""
        with self._changed:
            offset = FIRST_OFFSET + len(self._records)
            where = {"topic": LIVE_TOPIC, "partition": PARTITION, "offset": offset}
            record = _record({**event, "meta": {**event["meta"], **where}})
            self._records.append(record)
            if self._history is not None:
                with self._history.open("a", encoding="utf-8") as file:
                    file.write(record.data + "\n")
            self._changed.notify_all()
            return record

    @property
    def end(self) -> int:
        """The offset that the next record will get."""
        with self._changed:
            return FIRST_OFFSET + len(self._records)

    def offset_at(self, timestamp_ms: int) -> int | None:
        """Return the first offset at or after a time, None when there is none yet."""
        with self._changed:
            at_or_after = (r.offset for r in self._records if r.timestamp_ms >= timestamp_ms)
            return next(at_or_after, None)

    def read(self, offset: int, timeout_s: float) -> Record | None:
        """Return the record at `offset`, waiting for it up to `timeout_s`."""
        index = offset - FIRST_OFFSET
        with self._changed:
            self._changed.wait_for(lambda: index < len(self._records), timeout_s)
            return self._records[index] if index < len(self._records) else None

    def last(self) -> Record | None:
        """Return the newest record."""
        with self._changed:
            return self._records[-1] if self._records else None


def _record(event: Event) -> Record:
    meta = event["meta"]
    data = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    milliseconds = round(datetime.fromisoformat(meta["dt"]).timestamp() * 1000)
    return Record(meta["offset"], milliseconds, data)


def _records(history_file: Path) -> Iterator[Record]:
    """Read a history file; a last line torn by a kill is cut off, so that appending can go on."""
    content = history_file.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        history_file.write_bytes(whole)
    for line in whole.decode("utf-8").splitlines():
        yield _record(json.loads(line))
