"""Reads the EventStream: connect, resume with overlap, survive every way a stream can break.

sseclient-py parses one open response and nothing more: it does not reconnect, hands out events
torn by the end of the body, and lets bad UTF-8 end the stream. What is missing is added here.
"""

import codecs
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any

import requests
import sseclient
import stamina
import structlog
from pydantic_core import from_json

from bot.errors import ConfigInvalid, GarbledStream, MalformedEvent, NetworkFault, RetryLater
from bot.events import Hole, Upload, parse_upload, position
from bot.http import CONNECT_TIMEOUT_S, network_faults, raise_if_busy
from bot.settings.intake import StreamSettings

log = structlog.get_logger(__name__)

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 60.0
CLIENT_ERRORS = range(400, 500)
QUOTED_BYTES = 200  # of an answer that is no stream, for the message
NUL_FOR_BAD_BYTES = "lookout-nul"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event, as far as it concerns us."""

    position: int | None  # stream time, ms since 1970
    upload: Upload | None = None
    bad: tuple[MalformedEvent, str] | None = None
    hole: Hole | None = None  # what the stream passed over just before


def _pause(error: Exception) -> bool | float:
    if not isinstance(error, RetryLater):
        return False
    log.warning("stream.unreachable", error=str(error), retry_after=error.retry_after)
    return error.retry_after or True  # "Retry-After: 0" is no leave to hammer


def _nul(error: UnicodeError) -> tuple[str, int]:
    """Stand in for bytes that are no UTF-8: JSON allows no bare NUL, so the event shows as bad."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\0", error.end


codecs.register_error(NUL_FOR_BAD_BYTES, _nul)


def _valid_chunks(response: requests.Response) -> Iterator[bytes]:
    """Yield a response as sseclient wants it: chunks as they come, and always valid UTF-8.

    Given the response itself, sseclient reads 128 bytes at a time and ends at the first bad byte.
    """
    decode = codecs.getincrementaldecoder("utf-8")(NUL_FOR_BAD_BYTES).decode
    for chunk in response.iter_content(None):
        yield decode(chunk).encode()


def _parsed(text: str) -> Any:
    """Return what `json.loads` returns or raise what it raises, in half of the time for an event.

    pydantic's parser refuses half characters, and takes numbers that Python refuses.
    """
    with suppress(ValueError):
        event = from_json(text)
        if isinstance(event, dict):
            return event
    return json.loads(text)


class UploadStream:
    """The uploads of one wiki, for ever, each at least once."""

    def __init__(self, settings: StreamSettings, *, user_agent: str, position: int) -> None:
        self._settings = settings
        self._headers = {
            "User-Agent": user_agent,
            "Accept": "text/event-stream",
            "Accept-Encoding": "identity",
        }
        self._position = position
        self.connected = False  # whether a connection is being read at this moment
        self._garbled_at: int | None = None
        self._set_aside = False  # something, since the last whole event

    def __iter__(self) -> Iterator[Delivery]:
        while True:
            yield from self._connection()
            time.sleep(FIRST_PAUSE_S)  # a server that hangs up at once is not hammered

    def _connection(self) -> Iterator[Delivery]:
        """Yield the deliveries of one connection; end when it does, however it does."""
        response = self._connect()
        with response:
            self.connected = True
            try:
                yield from self._read(response)
                log.info("stream.ended", position=self._position)
            except NetworkFault as error:
                log.info("stream.cut", error=str(error), position=self._position)
            finally:
                self.connected = False

    @stamina.retry(
        on=_pause,
        attempts=None,
        timeout=None,
        wait_initial=FIRST_PAUSE_S,
        wait_max=LONGEST_PAUSE_S,
        wait_jitter=FIRST_PAUSE_S,
    )
    def _connect(self) -> requests.Response:
        # Resuming by id skips events of the same millisecond; resuming by time repeats some,
        # which the ledger drops (https://github.com/wikimedia/KafkaSSE, useTimestampForId).
        since = self._position - self._settings.overlap_seconds * 1000
        with network_faults("the event stream"), ExitStack() as unless_good:
            response = requests.get(
                self._settings.url,
                params={"since": str(since)},
                headers=self._headers,
                stream=True,
                timeout=(CONNECT_TIMEOUT_S, self._settings.silence_seconds),
            )
            unless_good.enter_context(response)
            self._check(response)
            unless_good.pop_all()
        log.info("stream.connected", url=self._settings.url, since=since)
        return response

    def _check(self, response: requests.Response) -> None:
        raise_if_busy(response)
        if response.status_code in CLIENT_ERRORS:
            beginning = next(response.iter_content(QUOTED_BYTES), b"").decode("utf-8", "replace")
            raise ConfigInvalid(
                f"stream.url {self._settings.url} answered {response.status_code}: "
                f"{beginning.strip()}. Correct stream.url in config.yaml"
            )
        kind = response.headers.get("Content-Type", "of no type")
        if not response.ok or not kind.startswith("text/event-stream"):
            raise NetworkFault(
                f"{self._settings.url} answered {response.status_code}, and the answer is {kind}, "
                "no event stream"
            )

    def _read(self, response: requests.Response) -> Iterator[Delivery]:
        with network_faults("the event stream"):
            for event in sseclient.SSEClient(_valid_chunks(response)).events():
                if event.event == "message":
                    delivery = self._deliver(event.data)
                    if delivery is not None:
                        yield delivery
                else:
                    log.warning("stream.event", kind=event.event, data=event.data[:200])

    def _deliver(self, text: str) -> Delivery | None:
        try:
            event = _parsed(text)
        except (ValueError, RecursionError):
            return self._garbled(text)
        # `null` and bare numbers are valid JSON that the server sends after an internal failure.
        if not isinstance(event, dict):
            return None
        hole = self._advance(position(event) or 0)
        try:
            return Delivery(self._position, parse_upload(event, self._settings.wiki), hole=hole)
        except MalformedEvent as error:
            return Delivery(self._position, bad=(error, text), hole=hole)

    def _advance(self, moment: int) -> Hole | None:
        """Move on to an event's time; return the stretch before it, if it may lack events.

        The whole of Wikimedia is never silent for long. A server starts at the oldest event that it
        still has, or at the end, and says nothing of it (`offsetsForTimes` of Kafka).
        """
        before, garbled = self._position, self._set_aside
        # A time to come would move the cursor past events that nobody has read.
        self._position, self._set_aside = max(before, min(moment, now_position())), False
        if garbled:
            return Hole(before, self._position, "garbled")
        if self._position - before > self._settings.hole_seconds * 1000:
            return Hole(before, self._position, "skipped")
        return None

    def _garbled(self, text: str) -> Delivery:
        """Read the place again once; what is garbled twice at one place is set aside."""
        if self._garbled_at != self._position:
            self._garbled_at = self._position
            raise GarbledStream(f"an event was no JSON, and is read again: {text[:80]!r}")
        self._set_aside = True
        return Delivery(None, bad=(MalformedEvent("no JSON, twice at this place"), text))


def now_position() -> int:
    """Return the stream position of this moment, ms since 1970."""
    return int(time.time() * 1000)
