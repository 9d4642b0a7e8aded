"""An impatient client and a server to read from."""

from collections.abc import Iterator

import pytest

from bot import stream
from bot.demo.eventstream import EventStreamServer
from bot.stream import now_position
from support.uploads import Reader, no_waiting, stream_of


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pause for next to nothing between connections, and not at all between attempts."""
    monkeypatch.setattr(stream, "FIRST_PAUSE_S", 0.01)
    with no_waiting():
        yield


@pytest.fixture
def server() -> Iterator[EventStreamServer]:
    with EventStreamServer() as running:
        yield running


@pytest.fixture
def reader(server: EventStreamServer) -> Reader:
    return Reader(stream_of(server.url, position=now_position()))
