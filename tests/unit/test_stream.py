"""The stream's client against a real HTTP server that fails in every way it can be told to."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import stamina

from bot import stream
from bot.demo.eventstream import EventStreamServer, Refusal
from bot.demo.faults import CutHow, GarbageKind
from bot.errors import ConfigInvalid, ServerBusy
from bot.stream import now_position
from support.scripted import Reply, ScriptedServer, in_turn
from support.uploads import (
    QUICK_SILENCE_S,
    USER_AGENT,
    Reader,
    event,
    no_waiting,
    on_retry,
    publish,
    stream_of,
    wait_until,
)

pytestmark = pytest.mark.timeout(60)


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


GARBLED: list[GarbageKind] = ["bad_utf8", "bad_json", "torn_event"]


@pytest.mark.parametrize("kind", GARBLED)
def test_what_is_garbled_once_is_read_again(
    server: EventStreamServer, reader: Reader, kind: GarbageKind
) -> None:
    server.faults.garbage, server.faults.garbage_kind = 1, kind
    publish(server, [1, 2])
    assert reader.until(2) == [1, 2]
    assert reader.bad == []
    assert len(server.requests) == 2


@pytest.mark.parametrize("kind", GARBLED)
def test_what_is_garbled_twice_is_set_aside_and_the_stream_goes_on(
    server: EventStreamServer, reader: Reader, kind: GarbageKind
) -> None:
    server.faults.garbage, server.faults.garbage_kind = 2, kind
    publish(server, [1])
    assert reader.until(1) == [1]
    publish(server, [2])
    assert reader.until(2) == [1, 2]
    assert len(reader.bad) == 1
    assert len(server.requests) == 2


def test_garbage_before_every_event_stops_no_event(
    server: EventStreamServer, reader: Reader
) -> None:
    server.faults.garbage = 10_000
    publish(server, range(1, 6))
    assert set(reader.until(*range(1, 6))) == set(range(1, 6))


@pytest.mark.parametrize("kind", ["error_event", "null_data"])
def test_the_servers_own_troubles_are_passed_over(
    server: EventStreamServer, reader: Reader, kind: GarbageKind
) -> None:
    server.faults.garbage, server.faults.garbage_kind = 1, kind
    publish(server, [1])
    assert reader.until(1) == [1]
    assert reader.bad == []
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_server_in_trouble_is_asked_again(
    server: EventStreamServer, reader: Reader, status: int
) -> None:
    server.faults.refuse = Refusal(status, count=3, retry_after=7)
    publish(server, [1])
    assert reader.until(1) == [1]
    assert [request.status for request in server.requests] == [status] * 3 + [200]


def test_retry_after_is_obeyed(server: EventStreamServer, reader: Reader) -> None:
    waits: list[float] = []
    server.faults.refuse = Refusal(503, retry_after=1)
    publish(server, [1])
    with stamina.set_testing(False), on_retry(lambda details: waits.append(details.wait_for)):
        reader.until(1)
    assert waits == [1.0]


@pytest.mark.parametrize(
    ("error", "pause"),
    [
        (ServerBusy("", retry_after=7.0), 7.0),
        (ServerBusy("", retry_after=0.0), True),  # the usual pause: "at once" would hammer
        (ServerBusy(""), True),
        (ConfigInvalid(""), False),
        (ValueError(), False),
    ],
)
def test_how_long_to_pause_depends_on_the_error(error: Exception, pause: object) -> None:
    answer = stream._pause(error)
    assert (type(answer), answer) == (type(pause), pause)


@pytest.mark.parametrize("path", ["/v2/stream/mediawiki.nonsense", "/nowhere"])
def test_a_wrong_address_stops_the_bot_and_says_what_to_do(
    server: EventStreamServer, path: str
) -> None:
    url = urlsplit(server.url)._replace(path=path).geturl()
    with pytest.raises(ConfigInvalid, match=r"answered 40[04]: .*\. Correct stream\.url"):
        next(iter(stream_of(url, position=0)))
    assert len(server.requests) == 1


def test_a_server_that_is_not_there_yet_is_waited_for() -> None:
    with EventStreamServer() as first:
        port = urlsplit(first.url).port
    assert port
    reader = Reader(stream_of(first.url, position=now_position()))
    second: list[EventStreamServer] = []

    def start() -> None:
        if not second:
            second.append(EventStreamServer(port=port))
            second[0].start()
            publish(second[0], [1])

    try:
        with on_retry(lambda _: start()):
            assert reader.until(1) == [1]
    finally:
        second[0].stop()


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


# Answers that no server of this kind should give, byte by byte.


def sse(*data: str) -> Reply:
    """Return one whole connection's worth of events."""
    body = b":ok\n\n" + b"".join(f"event: message\ndata: {text}\n\n".encode() for text in data)
    return Reply(body=body, kind="text/event-stream; charset=utf-8")


def whole(log_id: int, **changes: Any) -> str:
    return json.dumps({**event(log_id), "wiki": "commonswiki", **changes})


def test_a_page_instead_of_a_stream_is_no_stream() -> None:
    page = Reply(body=b"<html>down for maintenance</html>")
    with ScriptedServer(in_turn(page, sse(whole(1)))) as scripted:
        assert Reader(stream_of(scripted.url, position=0)).until(1) == [1]


def test_a_refusal_cut_short_is_a_passing_fault() -> None:
    torn = Reply(status=404, body=b"", promised=100)
    with ScriptedServer(in_turn(torn, sse(whole(1)))) as scripted:
        assert Reader(stream_of(scripted.url, position=0)).until(1) == [1]


def test_an_endless_refusal_is_quoted_in_part() -> None:
    drip = Reply(status=400, body=b"no " * 10_000_000, bytes_per_s=100_000)
    with ScriptedServer(in_turn(drip)) as scripted, pytest.raises(ConfigInvalid) as caught:
        next(iter(stream_of(scripted.url, position=0)))
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "garbled",
    ["[" * 100_000, "9" * 5_000, "", '{"title": "a\\"}', "NaN }", "\ufeff{}"],
    ids=["deep", "long number", "empty", "open string", "not a value", "byte order mark"],
)
def test_json_that_no_parser_takes_is_set_aside(garbled: str) -> None:
    with ScriptedServer(in_turn(sse(garbled, whole(1)))) as scripted:
        reader = Reader(stream_of(scripted.url, position=0))
        assert reader.until(1) == [1]
    assert reader.bad == [garbled]


@pytest.mark.parametrize("value", ["0", "1.5", '"text"', "[]", "true", "null", "{}"])
def test_json_that_is_no_event_is_passed_over(value: str) -> None:
    with ScriptedServer(in_turn(sse(value, whole(1)))) as scripted:
        reader = Reader(stream_of(scripted.url, position=0))
        assert reader.until(1) == [1]
    assert reader.bad == []


def test_a_malformed_upload_is_set_aside_at_once() -> None:
    damaged = whole(1, title=None)
    with ScriptedServer(in_turn(sse(damaged, whole(2)))) as scripted:
        reader = Reader(stream_of(scripted.url, position=0))
        assert reader.until(2) == [2]
        assert len(scripted.requests) == 1
    assert reader.bad == [damaged]


def test_bad_utf8_inside_an_upload_never_yields_a_wrong_title() -> None:
    body = sse(whole(1)).body.replace(b"File:1.jpg", b"File:\xff.jpg") + sse(whole(2)).body
    with ScriptedServer(in_turn(Reply(body=body, kind="text/event-stream"))) as scripted:
        reader = Reader(stream_of(scripted.url, position=0))
        assert reader.until(2) == [2]
    assert len(reader.bad) == 1


def test_characters_split_between_chunks_come_out_whole() -> None:
    title = "File:Ünïcode страница 🙂.jpg"
    body = sse(json.dumps({**event(1, title=title), "wiki": "commonswiki"}, ensure_ascii=False))
    slow = Reply(body=body.body, kind=body.kind, bytes_per_s=50 * len(body.body) // 10)
    with ScriptedServer(in_turn(slow)) as scripted:
        deliveries = iter(stream_of(scripted.url, position=0))
        uploads = [delivery.upload for delivery in (next(deliveries),) if delivery.upload]
    assert [upload.title for upload in uploads] == [title]
