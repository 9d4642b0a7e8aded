"""What a stream leaves out is told with the first event behind it."""

from datetime import UTC, datetime

from bot.demo.eventstream import EventStreamServer
from bot.events import Hole
from bot.stream import Delivery, now_position
from support.scripted import ScriptedServer, in_turn
from support.uploads import event, no_waiting, sse, stream_of, whole

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


def dated(position: int) -> dict[str, str]:
    """Return the `meta` of an event that the stream received at `position`."""
    return {"dt": datetime.fromtimestamp(position / 1000, UTC).isoformat()}


def deliveries(start: int, *positions: int) -> list[Delivery]:
    """Return what a stream delivers whose events have these positions."""
    with EventStreamServer() as server:
        for number, position in enumerate(positions, 1):
            server.publish(event(number, meta=dated(position)))
        stream = iter(stream_of(server.url, position=start))
        return [next(stream) for _ in positions]


def test_a_server_that_no_longer_has_the_position_starts_later_and_says_nothing() -> None:
    oldest = now_position() - HOUR_MS
    position = oldest - 7 * 24 * HOUR_MS
    first, second = deliveries(position, oldest, oldest + 1_000)
    assert first.hole == Hole(position, oldest, "skipped")
    assert second.hole is None


def test_silence_up_to_the_bound_is_no_hole_and_longer_silence_is() -> None:
    start = now_position() - HOUR_MS
    at_bound, beyond = start + MINUTE_MS, start + 2 * MINUTE_MS + 1
    first, second = deliveries(start, at_bound, beyond)
    assert first.hole is None
    assert second.hole == Hole(at_bound, beyond, "skipped")


def test_the_overlap_is_no_hole_and_hides_none() -> None:
    start = now_position() - HOUR_MS
    repeated, later = deliveries(start, start - MINUTE_MS, start + 2 * MINUTE_MS)
    assert repeated.hole is None
    assert later.hole == Hole(start, start + 2 * MINUTE_MS, "skipped")


def test_an_event_that_stays_garbled_leaves_a_hole_up_to_the_next_whole_one() -> None:
    start = now_position() - HOUR_MS
    before = whole(1, meta=dated(start + 1_000))
    after = whole(2, meta=dated(start + 3_000))
    torn = sse(before, '{"log_type":', after)
    with ScriptedServer(in_turn(torn)) as server, no_waiting():
        seen: list[Delivery] = []
        for delivery in stream_of(server.url, position=start):
            seen.append(delivery)
            if delivery.upload and delivery.upload.log_id == 2:
                break
    (bad,) = [delivery for delivery in seen if delivery.bad]
    assert bad.position is None
    assert seen[-1].hole == Hole(start + 1_000, start + 3_000, "garbled")
    assert [delivery.hole for delivery in seen[:-1]] == [None] * (len(seen) - 1)


def test_a_garbled_event_that_is_whole_when_read_again_leaves_none() -> None:
    start = now_position() - HOUR_MS
    first, second = (whole(n, meta=dated(start + n * 1_000)) for n in (1, 2))
    torn, good = sse(first, '{"log_type":'), sse(first, second)
    with ScriptedServer(in_turn(torn, good)) as server, no_waiting():
        stream = iter(stream_of(server.url, position=start))
        seen = [next(stream) for _ in range(3)]
    assert [delivery.hole for delivery in seen] == [None] * 3
