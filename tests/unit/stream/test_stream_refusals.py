"""A server that refuses: asked again later, or given up with what a person has to do."""

from urllib.parse import urlsplit

import pytest
import stamina

from bot import stream
from bot.demo.eventstream import EventStreamServer, Refusal
from bot.errors import ConfigInvalid, ServerBusy
from bot.stream import now_position
from support.scripted import Reply, ScriptedServer, in_turn
from support.uploads import Reader, on_retry, publish, sse, stream_of, whole

pytestmark = pytest.mark.timeout(60)


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


def test_a_page_instead_of_a_stream_is_waited_out_ever_longer() -> None:
    page = Reply(body=b"<html>down for maintenance</html>")
    retries: list[str] = []
    with (
        ScriptedServer(in_turn(page, page, sse(whole(1)))) as scripted,
        on_retry(lambda details: retries.append(str(details.caused_by))),
    ):
        assert Reader(stream_of(scripted.url, position=0)).until(1) == [1]
    assert len(retries) == 2
    assert all("text/html; charset=utf-8, no event stream" in words for words in retries)


def test_a_refusal_cut_short_is_a_passing_fault() -> None:
    torn = Reply(status=404, body=b"", promised=100)
    with ScriptedServer(in_turn(torn, sse(whole(1)))) as scripted:
        assert Reader(stream_of(scripted.url, position=0)).until(1) == [1]


def test_an_endless_refusal_is_quoted_in_part() -> None:
    drip = Reply(status=400, body=b"no " * 10_000_000, bytes_per_s=100_000)
    with ScriptedServer(in_turn(drip)) as scripted, pytest.raises(ConfigInvalid) as caught:
        next(iter(stream_of(scripted.url, position=0)))
    assert len(str(caught.value)) < 500
