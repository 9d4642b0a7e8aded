"""Uploads from the past, once more: recorded events, or a stretch of the wiki's log.

They go through the same parser into the same ledger as the stream's, so what is there already stays
as it is. The position in the stream is not touched.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from threading import Event
from typing import Any, Final

from bot.errors import MalformedEvent
from bot.events import Upload, parse_upload
from bot.ledger import Intake
from bot.logevents import PARTS, WikiLog
from bot.settings.intake import StreamSettings

EVENTS_AT_ONCE: Final = 1_000
DATA: Final = "data:"

Bad = tuple[MalformedEvent, str]


@dataclass(slots=True)
class Tally:
    """What was read, and what became of it."""

    events: int = 0
    uploads: int = 0
    new: int = 0
    unreadable: int = 0

    @property
    def known(self) -> int:
        """Uploads that the ledger had already."""
        return self.uploads - self.new

    @property
    def other(self) -> int:
        """Events that are no uploads to this wiki, or do not say which file they are about."""
        return self.events - self.uploads - self.unreadable


class RecordedEvents:
    """Reads events from lines: one JSON object each, or the stream as it came over the wire.

    Args:
        lines: Text in either form. Empty lines and the stream's other fields are passed over.
        intake: Where uploads go.
        stream: Says which wiki's uploads are wanted.
        done: Is set when nothing is left.
    """

    def __init__(
        self, lines: Iterable[str], intake: Intake, stream: StreamSettings, done: Event
    ) -> None:
        self.tally = Tally()
        self._events = _events(lines)
        self._batch: list[str] = []
        self._intake = intake
        self._stream = stream
        self._done = done

    def turn(self) -> int:
        """Store the uploads of the next batch; return how many events it had.

        Raises:
            LedgerBusy: the batch is stored by the next turn.
        """
        self._batch = self._batch or list(islice(self._events, EVENTS_AT_ONCE))
        if not self._batch:
            self._done.set()
            return 0
        uploads, bad = self._parsed()
        self.tally.new += self._intake.record(self._stream.url, uploads, None, bad)
        self.tally.uploads += len({upload.log_id for upload in uploads})
        self.tally.unreadable += len(bad)
        read, self._batch = len(self._batch), []
        self.tally.events += read
        return read

    def _parsed(self) -> tuple[list[Upload], list[Bad]]:
        uploads: list[Upload] = []
        bad: list[Bad] = []
        for text in self._batch:
            try:
                upload = parse_upload(_object(text), self._stream.wiki)
            except MalformedEvent as error:
                bad.append((error, text))
            else:
                uploads += [upload] if upload else []
        return uploads, bad


class LoggedUploads:
    """Reads the wiki's log from one moment to another.

    Args:
        log: Of the wiki.
        window: From when to when, ms since 1970.
        intake: Where uploads go.
        stream: Its address, for the ledger.
        done: Is set when nothing is left.
    """

    def __init__(
        self, log: WikiLog, window: tuple[int, int], intake: Intake, stream: str, done: Event
    ) -> None:
        self.tally = Tally()
        self._log = log
        self._window = window
        self._parts = list(PARTS)
        self._token: str | None = None
        self._intake = intake
        self._stream = stream
        self._done = done

    def turn(self) -> int:
        """Store the uploads of the log's next page; return how many entries it had.

        Raises:
            RetryLater: wiki or ledger are busy; the next turn reads the page again.
            Refused: the wiki does not let us read its log.
        """
        page = self._log.page(self._parts[0], *self._window, self._token)
        self.tally.new += self._intake.record(self._stream, page.uploads, None, page.bad)
        self.tally.uploads += len(page.uploads)
        self.tally.unreadable += len(page.bad)
        self.tally.events += page.entries
        self._token = page.token
        if page.token is None:
            self._parts.pop(0)
        if not self._parts:
            self._done.set()
        return page.entries


def _events(lines: Iterable[str]) -> Iterator[str]:
    """Yield the JSON of each event."""
    for line in lines:
        text = line.strip()
        if text.startswith(DATA):
            yield text.removeprefix(DATA).strip()
        elif text.startswith("{"):
            yield text


def _object(text: str) -> dict[str, Any]:
    try:
        event = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedEvent("no JSON") from error
    return event if isinstance(event, dict) else {}
