"""Upload events and streams of them, for the tests between the stream and the ledger."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import stamina
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from bot.demo.eventstream import EventStreamServer
from bot.events import Upload
from bot.settings.intake import StreamSettings
from bot.stream import Delivery, UploadStream
from support.scripted import Reply

USER_AGENT = "CommonsLookout/test (https://example.org/operator)"
SHA1_BASE36 = "phoiac9h4m842xq45sp7s6u21eteeq1"  # of nothing at all
ATTEMPTS = 100  # more than any test needs, so that a test which hangs ends
POLL_S = 0.01
PATIENCE_S = 10.0
QUICK_SILENCE_S = 0.2


def event(log_id: int, **changes: Any) -> dict[str, Any]:
    """Return the recentchange body of one upload, as the wiki sends it."""
    return {
        "type": "log",
        "log_type": "upload",
        "log_action": "upload",
        "log_id": log_id,
        "namespace": 6,
        "title": f"File:{log_id}.jpg",
        "user": "Uploader",
        "log_params": {"img_sha1": SHA1_BASE36, "img_timestamp": "20261122143146"},
        **changes,
    }


def upload(log_id: int, **changes: Any) -> Upload:
    """Return one parsed upload."""
    whole: dict[str, Any] = {
        "log_id": log_id,
        "action": "upload",
        "title": f"File:{log_id}.jpg",
        "user": "Uploader",
        "by_bot": False,
        "sha1": f"{log_id:040x}",
        "uploaded_at": datetime(2026, 11, 22, tzinfo=UTC),
    }
    return Upload(**{**whole, **changes})


def publish(server: EventStreamServer, log_ids: Iterable[int]) -> None:
    """Send one upload event for each id."""
    for log_id in log_ids:
        server.publish(event(log_id))


def stream_of(
    url: str, *, position: int, silence_s: float = PATIENCE_S, **changes: Any
) -> UploadStream:
    """Return a stream with settings that need not be within the bounds for production."""
    fields = {"url": url, "silence_seconds": silence_s, **changes}
    settings = StreamSettings().model_copy(update=fields)
    return UploadStream(settings, user_agent=USER_AGENT, position=position)


def sse(*data: str) -> Reply:
    """Return one whole connection's worth of events."""
    body = b":ok\n\n" + b"".join(f"event: message\ndata: {text}\n\n".encode() for text in data)
    return Reply(body=body, kind="text/event-stream; charset=utf-8")


def whole(log_id: int, **changes: Any) -> str:
    """Return the data of one upload event."""
    return json.dumps({**event(log_id), "wiki": "commonswiki", **changes})


@contextmanager
def no_waiting() -> Iterator[None]:
    """Retry at once, and not for ever."""
    with stamina.set_testing(True, attempts=ATTEMPTS):
        yield


@contextmanager
def on_retry(act: Callable[[RetryDetails], None]) -> Iterator[None]:
    """Call `act` whenever an attempt failed and another is about to be made."""

    def hook(details: RetryDetails) -> None:
        act(details)

    set_on_retry_hooks([hook])
    try:
        yield
    finally:
        set_on_retry_hooks(None)


def wait_until(true: Callable[[], object]) -> None:
    """Wait for something that another thread or process does."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(POLL_S)


class Reader:
    """Reads a stream and remembers what came."""

    def __init__(self, stream: Iterable[Delivery]) -> None:
        self._deliveries = iter(stream)
        self.seen: list[int] = []
        self.bad: list[str] = []

    def until(self, *log_ids: int) -> list[int]:
        """Read until all of `log_ids` have come at some time; return every id so far."""
        while not {*log_ids} <= {*self.seen}:
            delivery = next(self._deliveries)
            if delivery.upload:
                self.seen.append(delivery.upload.log_id)
            if delivery.bad:
                self.bad.append(delivery.bad[1])
        return self.seen
