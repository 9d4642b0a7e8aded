"""What is garbled is read again once, then set aside; what is merely odd is passed over."""

import json

import pytest

from bot.demo.eventstream import EventStreamServer
from bot.demo.faults import GarbageKind
from support.scripted import Reply, ScriptedServer, in_turn
from support.uploads import Reader, event, publish, sse, stream_of, whole

pytestmark = pytest.mark.timeout(60)

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


# Answers that no server of this kind should give, byte by byte.


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
