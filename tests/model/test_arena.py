"""Large parts of a message go through shared memory, which neither side can shorten."""

import os
import socket
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pytest

from model.arena import SIZE, Arena, shared_memory
from model.wire import AHEAD_BYTES, Channel, Garbled

IN_ARENA = 1 << 63
LARGE = 3 * AHEAD_BYTES


@dataclass(frozen=True)
class Ends:
    """Both ends of a channel, the socket of the first, and the memory that the second reads."""

    here: Channel
    there: Channel
    socket: socket.socket
    memory: Arena


@pytest.fixture
def ends() -> Iterator[Ends]:
    one, other = socket.socketpair()
    with one, other, shared_memory() as memory:
        here = Channel(one, outbox=Arena(memory))
        there = Channel(other, inbox=Arena(memory))
        yield Ends(here, there, one, Arena(memory))
        here.close()
        there.close()


def told(*lengths: int) -> bytes:
    """Return the head of a message whose parts have these lengths."""
    return struct.pack(f"<I{len(lengths)}Q", len(lengths), *lengths)


def test_neither_side_can_change_the_size() -> None:
    with shared_memory() as memory:
        for size in (0, SIZE - 1, SIZE + 1):
            with pytest.raises(PermissionError):
                os.ftruncate(memory, size)


def test_large_and_small_parts_arrive_in_their_order(ends: Ends) -> None:
    sent = [
        b"small",
        np.resize(np.arange(251, dtype=np.uint8), LARGE),
        b"",
        os.urandom(LARGE + 1),
        b"last",
    ]
    for _ in range(2):  # the second message takes the first one's place
        ends.here.send(sent)
        back = ends.there.receive(max_bytes=SIZE)
        np.testing.assert_array_equal(back[1], sent[1])
        assert [back[0], *back[2:]] == [sent[0], *sent[2:]]


def test_large_parts_do_not_pass_the_socket(ends: Ends) -> None:
    ends.here.send([b"x" * LARGE])
    assert bytes(ends.memory.begin().take(LARGE)) == b"x" * LARGE
    assert ends.there.receive(max_bytes=SIZE) == [b"x" * LARGE]


def test_what_does_not_fit_goes_through_the_socket(ends: Ends) -> None:
    parts = [bytes([number]) * (SIZE // 4) for number in range(5)]
    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(ends.here.send, parts)
        assert ends.there.receive(max_bytes=2 * SIZE) == parts
        sent.result()


def test_what_arrived_does_not_change_when_the_sender_writes_again(ends: Ends) -> None:
    ends.here.send(np.zeros(LARGE, np.uint8))
    first = ends.there.receive(max_bytes=SIZE)
    ends.here.send(np.ones(LARGE, np.uint8))
    assert not first.any()


@pytest.mark.parametrize("length", [SIZE + 1, 2**40, 2**63 - 1])
def test_a_length_beyond_the_memory_is_refused(ends: Ends, length: int) -> None:
    ends.socket.sendall(told(length | IN_ARENA))
    with pytest.raises(Garbled, match="beyond the end"):
        ends.there.receive(max_bytes=2**63)


def test_parts_beyond_the_memory_together_are_refused(ends: Ends) -> None:
    ends.socket.sendall(told(*[SIZE // 2 + 1 | IN_ARENA] * 2))
    with pytest.raises(Garbled, match="beyond the end"):
        ends.there.receive(max_bytes=2**63)


def test_shared_parts_count_towards_the_limit(ends: Ends) -> None:
    ends.here.send([b"x" * LARGE])
    with pytest.raises(Garbled, match="over the limit"):
        ends.there.receive(max_bytes=LARGE)


def test_a_shared_part_is_refused_where_nothing_is_shared() -> None:
    one, other = socket.socketpair()
    with one, other:
        one.sendall(told(LARGE | IN_ARENA))
        with pytest.raises(Garbled, match="there is none"):
            Channel(other).receive(max_bytes=SIZE)


def test_from_a_trusted_writer_nothing_is_copied() -> None:
    with shared_memory() as memory:
        ours, theirs = Arena(memory), Arena(memory, trusted=True)
        ours.put(b"first")
        seen = theirs.take(5)
        assert bytes(seen) == b"first"
        ours.begin().put(b"other")
        assert bytes(seen) == b"other"
