"""Messages of plain values, and the refusal of everything else."""

import json
import socket
import struct
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.wire import AHEAD_BYTES, Channel, Garbled, pack, unpack
from support.loops import awaited

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text().filter(lambda k: k != "$"), inner),
)


@pytest.fixture
def ends() -> Iterator[tuple[Channel, socket.socket]]:
    here, there = socket.socketpair()
    with here, there:
        yield Channel(here), there


@given(PLAIN)
def test_every_plain_value_survives_the_trip(value: Any) -> None:
    assert unpack(pack(value)) == value


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32", "float64"])
@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3), (2, 3, 4)])
def test_arrays_keep_type_and_shape(dtype: str, shape: tuple[int, ...]) -> None:
    array = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)
    back = unpack(pack([array]))[0]
    assert back.dtype == dtype
    np.testing.assert_array_equal(back, array)


def test_a_transposed_array_arrives_in_order() -> None:
    array = np.arange(6, dtype=np.uint8).reshape(2, 3).T
    np.testing.assert_array_equal(unpack(pack(array)), array)


@pytest.mark.parametrize(
    "value", [object(), {1: 2}, {"$": 1}, {1, 2}, np.array([object()]), np.float32(1)]
)
def test_what_is_not_plain_is_refused_by_the_sender(value: Any) -> None:
    with pytest.raises(TypeError, match="not a plain value"):
        pack(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"$": 9}',
        '{"$": "x"}',
        '{"$": 1, "dtype": "object", "shape": [1]}',
        '{"$": 1, "dtype": "uint8", "shape": [2]}',
        '{"$": 1, "dtype": "uint8", "shape": [-1]}',
        '{"$": 1, "dtype": "uint8", "shape": [1e400]}',
        '{"$": 1, "dtype": "uint8"}',
        '{"$": 1, "dtype": [], "shape": [1]}',
        "[" * 100_000,
    ],
)
def test_what_is_not_a_message_is_refused_by_the_receiver(text: str) -> None:
    with pytest.raises(Garbled):
        unpack([text.encode(), b"x"])


@pytest.mark.parametrize("size", [0, 10, AHEAD_BYTES - 1, AHEAD_BYTES, 3 * AHEAD_BYTES])
def test_messages_that_come_together_are_told_apart(
    ends: tuple[Channel, socket.socket], size: int
) -> None:
    here, there = ends
    values = [bytes([number]) * size for number in range(3)]
    with ThreadPoolExecutor(1) as pool:
        sent = [pool.submit(Channel(there).send, value) for value in values]
        assert [here.receive(max_bytes=2**20) for _ in values] == values
        assert all(one.exception() is None for one in sent)


def test_a_message_that_comes_byte_by_byte_is_whole(ends: tuple[Channel, socket.socket]) -> None:
    here, there = ends
    text, data = pack([b"abc"])
    message = struct.pack("<IQQ", 2, len(text), len(data)) + text + data
    with ThreadPoolExecutor(1) as pool:
        received = pool.submit(here.receive, max_bytes=1000)
        for at in range(len(message)):
            there.sendall(message[at : at + 1])
            time.sleep(0.001)
        assert received.result() == [b"abc"]


def test_a_message_larger_than_allowed_is_refused_before_it_is_read(
    ends: tuple[Channel, socket.socket],
) -> None:
    channel, other = ends
    other.sendall(struct.pack("<IQ", 1, 2**60))
    with pytest.raises(Garbled, match="over the limit of 1000"):
        channel.receive(max_bytes=1000)


@pytest.mark.parametrize("count", [0, 2**32 - 1])
def test_an_absurd_number_of_parts_is_refused(
    ends: tuple[Channel, socket.socket], count: int
) -> None:
    channel, other = ends
    other.sendall(struct.pack("<I", count))
    with pytest.raises(Garbled):
        channel.receive(max_bytes=1000)


def test_a_sender_that_stops_half_way_is_given_up_at_the_deadline(
    ends: tuple[Channel, socket.socket],
) -> None:
    channel, other = ends
    other.sendall(struct.pack("<IQ", 1, 10) + b"half")
    with pytest.raises(TimeoutError):
        channel.receive(deadline=time.monotonic() + 0.05, max_bytes=1000)


def test_a_receiver_that_does_not_read_is_given_up_at_the_deadline(
    ends: tuple[Channel, socket.socket],
) -> None:
    channel, _ = ends
    with pytest.raises(TimeoutError):
        channel.send(bytes(2**24), deadline=time.monotonic() + 0.05)


def test_a_closed_other_side_is_an_end_of_file(ends: tuple[Channel, socket.socket]) -> None:
    channel, other = ends
    other.sendall(struct.pack("<IQ", 1, 10) + json.dumps("cut").encode())
    other.close()
    with pytest.raises(EOFError):
        channel.receive(max_bytes=1000)


def test_an_event_loop_is_told_when_a_message_is_whole(ends: tuple[Channel, socket.socket]) -> None:
    channel, other = ends
    (text,) = pack([1, 2])
    message = struct.pack("<IQ", 1, len(text)) + text
    for come in (b"", message[:3], message[:9], message[:-1]):
        other.sendall(come)
        assert not awaited(channel.awaited(deadline=time.monotonic() + 0.05))
        other.sendall(message[len(come) :])
        assert channel.receive(max_bytes=1000) == [1, 2]
    other.sendall(message)
    assert awaited(channel.awaited(deadline=time.monotonic() + 10))
    assert channel.receive(max_bytes=1000) == [1, 2]


def test_an_event_loop_is_not_told_of_a_whole_message_at_the_end(
    ends: tuple[Channel, socket.socket],
) -> None:
    channel, other = ends
    other.close()
    assert not awaited(channel.awaited(deadline=time.monotonic() + 10))
    with pytest.raises(EOFError):
        channel.receive(max_bytes=1000)


def test_only_what_takes_no_wait_is_sent_at_once(ends: tuple[Channel, socket.socket]) -> None:
    channel, other = ends
    assert channel.send_at_once("small")
    assert Channel(other).receive(max_bytes=1000) == "small"
    assert not channel.send_at_once(bytes(2 * AHEAD_BYTES))
    with pytest.raises(BlockingIOError):
        other.recv(1)


def test_a_receiver_that_has_not_read_is_sent_nothing_more_at_once(
    ends: tuple[Channel, socket.socket],
) -> None:
    channel, _ = ends
    with suppress(TimeoutError):
        channel.send(bytes(2**24), deadline=time.monotonic() + 0.05)
    with pytest.raises(TimeoutError, match="does not read"):
        channel.send_at_once("small")
