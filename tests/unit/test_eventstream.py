"""The EventStreams look-alike, held against recorded traffic by a client of its own."""

import json
import socket
import struct
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from bot.demo.eventstream import EventStreamServer, Refusal
from bot.demo.faults import CutHow, Faults, GarbageKind

SAMPLES = Path(__file__).parents[1] / "samples"
TIMEOUT_S = 5.0

UPLOAD = {"type": "log", "log_type": "upload", "namespace": 6, "comment": "a <b> & c"}


@pytest.fixture
def server() -> Iterator[EventStreamServer]:
    with EventStreamServer() as running:
        yield running


class Reader:
    """Reads frames off a response, exactly as they were sent."""

    def __init__(self, url: str, **headers: str) -> None:
        self.response = requests.get(url, headers=headers, stream=True, timeout=TIMEOUT_S)
        self._lines = self.response.raw.stream(1)
        self._buffer = b""

    def block(self) -> bytes:
        """Return what comes up to the next blank line."""
        while b"\n\n" not in self._buffer:
            self._buffer += next(self._lines)
        block, _, self._buffer = self._buffer.partition(b"\n\n")
        return block

    def event(self) -> dict[str, str]:
        """Return the fields of the next event, in the order sent."""
        return dict(line.split(": ", 1) for line in self.block().decode().splitlines())

    def titles(self, count: int) -> list[str]:
        """Return the page titles of the next `count` events."""
        return [json.loads(self.event()["data"])["title"] for _ in range(count)]


def connected(server: EventStreamServer, query: str = "", **headers: str) -> Reader:
    reader = Reader(server.url + query, **headers)
    assert reader.block() == b":ok"
    return reader


def publish(server: EventStreamServer, *titles: str) -> None:
    for title in titles:
        server.publish({**UPLOAD, "title": title})


def test_the_first_bytes_and_headers_are_those_of_the_recorded_stream(
    server: EventStreamServer,
) -> None:
    head = (SAMPLES / "wire.txt").read_bytes().partition(b":ok\n\n")[0]
    expected = head.replace(b"\n", b"\r\n") + b"5\r\n:ok\n\n\r\n"
    url = urlsplit(server.url)
    with socket.create_connection((url.hostname, url.port), TIMEOUT_S) as client:
        client.sendall(f"GET {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n".encode())
        received = b""
        while len(received) < len(expected):
            received += client.recv(4096)
    assert received == expected


def test_recorded_events_come_out_byte_for_byte(server: EventStreamServer) -> None:
    blocks = (SAMPLES / "wire.txt").read_bytes().partition(b":ok\n\n")[2].strip().split(b"\n\n")
    reader = connected(server)
    for recorded in blocks:
        server.publish(json.loads(recorded.partition(b"data: ")[2]))
        assert reader.block() == recorded


def test_a_bare_body_is_completed_to_the_fields_of_a_recorded_upload(
    server: EventStreamServer,
) -> None:
    recorded = json.loads((SAMPLES / "upload.json").read_text(encoding="utf-8"))["data"]
    reader = connected(server)
    given = ("id", "user", "log_id", "log_action", "log_params", "log_action_comment")
    server.publish({**UPLOAD, **{k: recorded[k] for k in given}, "title": recorded["title"]})
    event = json.loads(reader.event()["data"])
    assert event.keys() == recorded.keys()
    assert event["meta"].keys() == recorded["meta"].keys()
    for field in ("$schema", "title_url", "server_url", "server_name", "wiki", "bot"):
        assert event[field] == recorded[field]
    assert event["parsedcomment"] == "a &lt;b&gt; &amp; c"


def test_the_id_is_one_millisecond_after_the_event(server: EventStreamServer) -> None:
    reader = connected(server)
    publish(server, "File:A.png")
    event = reader.event()
    live, idle = json.loads(event["id"])
    happened = datetime.fromisoformat(json.loads(event["data"])["meta"]["dt"])
    assert live["timestamp"] == round(happened.timestamp() * 1000) + 1
    assert idle == {"topic": "codfw.mediawiki.recentchange", "partition": 0, "offset": -1}


def test_a_canary_has_the_fields_of_the_recorded_one(server: EventStreamServer) -> None:
    recorded = json.loads((SAMPLES / "canary.json").read_text(encoding="utf-8"))["data"]
    reader = connected(server)
    server.canary()
    event = json.loads(reader.event()["data"])
    assert event.keys() == recorded.keys()
    assert event["meta"].keys() == recorded["meta"].keys()
    assert event["meta"]["domain"] == "canary"


def test_without_a_start_only_later_events_arrive(server: EventStreamServer) -> None:
    publish(server, "File:Before.png")
    reader = connected(server)
    publish(server, "File:After.png")
    assert reader.titles(1) == ["File:After.png"]


def at(server: EventStreamServer, title: str, moment: datetime) -> None:
    server.publish({**UPLOAD, "title": title, "meta": {"dt": moment.isoformat()}})


@pytest.mark.parametrize("form", ["milliseconds", "iso", "iso_naive"])
def test_since_starts_at_the_first_event_of_that_time(server: EventStreamServer, form: str) -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    for minute in range(3):
        at(server, f"File:{minute}.png", noon + timedelta(minutes=minute))
    since = {
        "milliseconds": str(round(noon.timestamp() * 1000) + 60_000),
        "iso": "2026-01-01T12:01:00Z",
        "iso_naive": "2026-01-01T12:01:00",
    }[form]
    assert connected(server, f"?since={since}").titles(2) == ["File:1.png", "File:2.png"]


def test_last_event_id_beats_since_and_skips_the_same_millisecond(
    server: EventStreamServer,
) -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    at(server, "File:1.png", noon)
    at(server, "File:2.png", noon)
    at(server, "File:3.png", noon + timedelta(milliseconds=1))
    first = connected(server, "?since=0").event()
    resumed = connected(server, "?since=0", **{"Last-Event-ID": first["id"]})
    assert resumed.titles(1) == ["File:3.png"]


@pytest.mark.parametrize(
    ("path", "last_event_id", "status"),
    [
        ("/v2/stream/mediawiki.nonsense", None, 400),
        ("/v2/stream/recentchange?since=yesterday", None, 400),
        ("/v2/stream/recentchange", "not json", 400),
        ("/v2/stream/recentchange", "[]", 400),
        ("/v2/stream/recentchange", '[{"topic":"eqiad.mediawiki.recentchange"}]', 400),
        ("/v2/stream/recentchange", '[{"topic":"other","partition":0,"offset":1}]', 404),
        ("/", None, 404),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_in_json(
    server: EventStreamServer, path: str, last_event_id: str | None, status: int
) -> None:
    url = urlsplit(server.url)._replace(path="").geturl() + path
    headers = {} if last_event_id is None else {"Last-Event-ID": last_event_id}
    response = requests.get(url, headers=headers, timeout=TIMEOUT_S)
    assert response.status_code == status
    assert isinstance(response.json(), dict)


def test_a_client_that_accepts_json_gets_one_event_a_line(server: EventStreamServer) -> None:
    response = requests.get(
        server.url, headers={"Accept": "application/json"}, stream=True, timeout=TIMEOUT_S
    )
    publish(server, "File:A.png", "File:B.png")
    lines = response.iter_lines(chunk_size=1)
    assert next(lines) == b""
    assert [json.loads(next(lines))["title"] for _ in range(2)] == ["File:A.png", "File:B.png"]


def test_history_outlives_the_server_and_a_torn_last_line(tmp_path: Path) -> None:
    history = tmp_path / "history.ndjson"
    with EventStreamServer(history_file=history) as first:
        publish(first, "File:A.png")
        port = urlsplit(first.url).port
    with history.open("a", encoding="utf-8") as file:
        file.write('{"meta":')
    assert port
    with EventStreamServer(history_file=history, port=port) as second:
        publish(second, "File:B.png")
        assert connected(second, "?since=0").titles(2) == ["File:A.png", "File:B.png"]


def test_requests_are_remembered_with_how_they_resumed(server: EventStreamServer) -> None:
    connected(server, "?since=1", **{"User-Agent": "Lookout/1"})
    (seen,) = server.requests
    assert (seen.since, seen.last_event_id, seen.user_agent, seen.status) == (
        "1",
        None,
        "Lookout/1",
        200,
    )


def test_dropped_duplicated_and_late_events(server: EventStreamServer) -> None:
    reader = connected(server)
    server.faults.drop = 1
    publish(server, "File:Lost.png")
    server.faults.duplicate = 1
    publish(server, "File:Twice.png")
    server.faults.late, server.faults.late_s = 1, 0.05
    publish(server, "File:Late.png", "File:Next.png")
    assert reader.titles(4) == [
        "File:Twice.png",
        "File:Twice.png",
        "File:Next.png",
        "File:Late.png",
    ]


def test_a_late_event_is_missed_by_a_client_that_resumes_by_id(server: EventStreamServer) -> None:
    reader = connected(server)
    server.faults.late, server.faults.late_s = 1, 0.05
    publish(server, "File:Late.png")
    time.sleep(0.005)
    publish(server, "File:Next.png")
    event = reader.event()
    assert reader.titles(1) == ["File:Late.png"]
    publish(server, "File:Last.png")
    resumed = connected(server, **{"Last-Event-ID": event["id"]})
    assert resumed.titles(1) == ["File:Last.png"]


def test_a_stalled_stream_is_silent_until_released(server: EventStreamServer) -> None:
    server.faults.stall = True
    response = requests.get(server.url, stream=True, timeout=0.3)
    publish(server, "File:A.png")
    with pytest.raises(requests.ConnectionError):
        b"".join(response.iter_content(None))
    server.faults.stall = False
    assert connected(server, "?since=0").titles(1) == ["File:A.png"]


def test_a_drip_delivers_whole_events_slowly(server: EventStreamServer) -> None:
    server.faults.bytes_per_s = 4000
    reader = connected(server)
    started = time.monotonic()
    publish(server, "File:A.png")
    block = reader.block()
    assert time.monotonic() - started > len(block) / 4000 * 0.8
    assert b"File:A.png" in block


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("bad_utf8", b"\xff\xfe"),
        ("bad_json", b'data: {"meta":}'),
        ("torn_event", b'data: {"$schema"'),
        ("error_event", b"event: error\n"),
        ("null_data", b"data: null"),
    ],
)
def test_garbage_comes_before_the_event_and_under_its_id(
    server: EventStreamServer, kind: GarbageKind, expected: bytes
) -> None:
    reader = connected(server)
    server.faults.garbage_kind = kind
    server.faults.garbage = 1
    publish(server, "File:A.png")
    damaged, whole = reader.block(), reader.block()
    assert expected in damaged
    assert damaged.splitlines()[1] == whole.splitlines()[1]
    with pytest.raises((ValueError, KeyError, TypeError)):
        json.loads(damaged.partition(b"data: ")[2])["meta"]
    assert json.loads(whole.partition(b"data: ")[2])["title"] == "File:A.png"


def rest(reader: Reader) -> bytes:
    return b"".join([reader._buffer, *reader._lines])


@pytest.mark.parametrize("how", ["close", "abort", "half", "half_clean"])
def test_a_cut_ends_the_connection_in_the_way_asked(server: EventStreamServer, how: CutHow) -> None:
    server.faults.cut_after, server.faults.cut_how = 1, how
    reader = connected(server)
    publish(server, "File:A.png", "File:B.png")
    assert reader.titles(1) == ["File:A.png"]
    if how in ("abort", "half"):
        with pytest.raises(Exception, match=r"(?i)connection|incomplete"):
            rest(reader)
    elif how == "half_clean":
        assert rest(reader).startswith(b"event: message\nid: [")
    else:
        assert rest(reader) == b""


def test_cut_now_and_old_age_end_open_connections(server: EventStreamServer) -> None:
    reader = connected(server)
    server.cut()
    assert rest(reader) == b""
    server.faults.max_age_s = 0.1
    assert rest(connected(server)) == b""


def test_refusals_are_counted_down(server: EventStreamServer) -> None:
    server.faults.refuse = Refusal(503, count=2, retry_after=7)
    answers = [requests.get(server.url, stream=True, timeout=TIMEOUT_S) for _ in range(3)]
    assert [a.status_code for a in answers] == [503, 503, 200]
    assert [a.headers.get("Retry-After") for a in answers] == ["7", "7", None]


def test_reset_switches_every_fault_off(server: EventStreamServer) -> None:
    faults = server.faults
    faults.stall, faults.drop, faults.refuse = True, 3, Refusal(500)
    faults.reset()
    assert faults == Faults()


def test_stopping_frees_a_client_that_does_not_read() -> None:
    server = EventStreamServer()
    server.start()
    url = urlsplit(server.url)
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect((url.hostname, url.port))
        client.sendall(f"GET {url.path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert server.wait_for_clients()
        server.publish({**UPLOAD, "title": "File:Big.png", "user": "x" * 20_000_000})
        server.stop()
    assert server.open_connections == 0


def test_a_client_that_leaves_is_noticed(server: EventStreamServer) -> None:
    url = urlsplit(server.url)
    client = socket.create_connection((url.hostname, url.port), TIMEOUT_S)
    client.sendall(f"GET {url.path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert server.wait_for_clients()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    deadline = time.monotonic() + TIMEOUT_S
    while server.open_connections and time.monotonic() < deadline:
        time.sleep(0.01)
    assert server.open_connections == 0
