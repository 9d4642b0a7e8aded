"""The stream's client against a real HTTP server that fails in every way it can be told to."""

import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.demo.eventstream import EventStreamServer
from bot.demo.faults import CutHow
from bot.stream import now_position
from support.uploads import (
    QUICK_SILENCE_S,
    USER_AGENT,
    Reader,
    event,
    publish,
    stream_of,
    wait_until,
)

pytestmark = pytest.mark.timeout(60)


def gone(server: EventStreamServer) -> None:
    """Wait until the server has ended every connection."""
    wait_until(lambda: not server.open_connections)


def cut(server: EventStreamServer, how: CutHow = "close") -> None:
    """End every connection now."""
    server.cut(how)
    gone(server)


def test_uploads_come_in_the_order_of_the_stream(server: EventStreamServer, reader: Reader) -> None:
    publish(server, range(1, 100))
    assert reader.until(99) == list(range(1, 100))


def test_other_events_only_move_the_position(server: EventStreamServer) -> None:
    start = now_position()
    deliveries = iter(stream_of(server.url, position=start))
    server.publish({**event(1), "wiki": "dewiki"})
    server.canary()
    for _ in range(2):
        delivery = next(deliveries)
        assert delivery.upload is None
        assert delivery.bad is None
        assert delivery.position is not None
        assert start <= delivery.position <= now_position()


@pytest.mark.parametrize("how", ["close", "abort", "half", "half_clean"])
def test_nothing_is_lost_however_a_connection_ends(
    server: EventStreamServer, reader: Reader, how: CutHow
) -> None:
    server.faults.cut_after, server.faults.cut_how = 2, how
    publish(server, [1, 2, 3, 4])
    reader.until(1, 2)
    gone(server)
    server.faults.reset()
    assert set(reader.until(3, 4)) == {1, 2, 3, 4}
    assert reader.bad == []


@pytest.mark.parametrize("how", ["close", "abort", "half", "half_clean"])
def test_a_connection_cut_while_it_is_quiet_is_opened_again(
    server: EventStreamServer, reader: Reader, how: CutHow
) -> None:
    publish(server, [1])
    reader.until(1)
    cut(server, how)
    publish(server, [2])
    reader.until(2)
    assert reader.bad == []


def test_a_silent_connection_is_given_up_and_opened_anew(server: EventStreamServer) -> None:
    quick = stream_of(server.url, position=now_position(), silence_s=QUICK_SILENCE_S)
    server.faults.stall = True
    publish(server, [1])
    reader = Reader(quick)
    reading = threading.Thread(target=reader.until, args=(1,), daemon=True)
    reading.start()
    wait_until(lambda: len(server.requests) > 1)
    server.faults.stall = False
    reading.join()
    assert reader.seen == [1]


def test_a_drip_of_bytes_still_makes_whole_events(
    server: EventStreamServer, reader: Reader
) -> None:
    server.faults.bytes_per_s = 10_000
    publish(server, [1, 2, 3])
    assert reader.until(3) == [1, 2, 3]
    assert reader.bad == []
    assert len(server.requests) == 1


def test_repeated_events_are_all_delivered_and_left_to_the_ledger(
    server: EventStreamServer, reader: Reader
) -> None:
    server.faults.duplicate = 1
    publish(server, [1, 2])
    assert reader.until(2) == [1, 1, 2]


def test_nothing_is_lost_over_a_restart_of_the_server(tmp_path: Path) -> None:
    history = tmp_path / "history.ndjson"
    with EventStreamServer(history_file=history) as first:
        reader = Reader(stream_of(first.url, position=now_position()))
        publish(first, [1, 2])
        reader.until(1)
        port = urlsplit(first.url).port
    assert port
    with EventStreamServer(history_file=history, port=port) as second:
        publish(second, [3])
        assert set(reader.until(2, 3)) == {1, 2, 3}


def at(server: EventStreamServer, log_id: int, moment: str) -> None:
    server.publish(event(log_id, meta={"dt": moment}))


def test_every_connection_starts_one_overlap_before_the_newest_event(
    server: EventStreamServer,
) -> None:
    minute = 60_000
    reader = Reader(stream_of(server.url, position=10 * minute, overlap_seconds=60))
    at(server, 1, "1970-01-01T00:20:00.123Z")
    reader.until(1)
    cut(server)
    at(server, 2, "1970-01-01T00:19:30Z")  # late: logged before the newest, sent after it
    reader.until(2)
    cut(server)
    publish(server, [3])
    reader.until(3)
    newest = 20 * minute + 123
    assert [request.since for request in server.requests] == [
        str(9 * minute),
        str(newest - minute),
        str(newest - minute),
    ]
    assert {request.user_agent for request in server.requests} == {USER_AGENT}
    assert {request.last_event_id for request in server.requests} == {None}


def test_an_event_that_overtakes_another_loses_nothing_at_a_cut(
    server: EventStreamServer, reader: Reader
) -> None:
    server.faults.late, server.faults.late_s = 1, 0.1
    publish(server, [1, 2])
    assert reader.until(2) == [2]
    cut(server)
    reader.until(1)


def test_an_event_from_the_future_does_not_move_the_position_there(
    server: EventStreamServer, reader: Reader
) -> None:
    at(server, 1, "2999-01-01T00:00:00Z")
    reader.until(1)
    cut(server)
    publish(server, [2])
    reader.until(2)
    assert all(int(request.since or 0) <= now_position() for request in server.requests)


def test_a_reader_that_stops_closes_its_connection(server: EventStreamServer) -> None:
    deliveries = iter(stream_of(server.url, position=now_position()))
    publish(server, [1])
    next(deliveries)
    assert server.open_connections == 1
    deliveries.close()  # type: ignore[attr-defined]  # a generator
    gone(server)
