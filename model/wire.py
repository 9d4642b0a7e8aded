"""Plain values over a socket, for talking with a process that untrusted bytes may have taken over.

Not pickle: unpickling runs whatever the sender names
(https://docs.python.org/3/library/pickle.html), so that a taken-over child would own the parent. A
message is a JSON text followed by raw buffers; what arrives is None, bool, int, float, str, bytes,
list, dict or a numeric array, or is refused.

On the socket: uint32 number of parts, uint64 length of each, then the parts, little-endian. A part
whose length has the highest bit set lies in the shared arena instead, in the order of the parts.
"""

import json
import math
import select
import socket
import struct
import time
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Final

import numpy as np

from model.arena import Arena, Part
from model.awaiting import readable

MAX_PARTS: Final = 4096
AHEAD_BYTES: Final = 2**16  # most messages go and come whole, with one call of the system each
_DTYPES: Final = frozenset({"uint8", "int64", "float32", "float64"})
_REFERENCE: Final = "$"  # {"$": part number} stands for bytes; with dtype and shape for an array
_COUNT: Final = struct.Struct("<I")
_SHARED: Final = 1 << 63  # of a length: the part lies in the arena


class Garbled(ValueError):
    """What arrived is not a message."""


class Channel:
    """One end of a socket pair. `deadline` is a `time.monotonic()` moment, None for never.

    Args:
        end: Which end.
        outbox: Memory that the other end reads, for large parts; None to send them all.
        inbox: The other end's outbox.
    """

    def __init__(
        self, end: socket.socket, *, outbox: Arena | None = None, inbox: Arena | None = None
    ) -> None:
        # Not `settimeout`: that asks the kernel twice at every turn.
        end.settimeout(0)
        self._socket = end
        self._readable, self._writable = _poll(end, select.POLLIN), _poll(end, select.POLLOUT)
        self._outbox = outbox
        self._inbox = inbox
        self._ahead = memoryview(b"")  # read and not yet taken

    def send(self, value: Any, *, deadline: float | None = None) -> None:
        """Send a plain value.

        Raises:
            TimeoutError: the other side did not take it by `deadline`.
            OSError: the other side is gone.
            TypeError: not a plain value.
        """
        for chunk in self._chunks(value):
            self._send_all(memoryview(chunk), deadline)

    def send_at_once(self, value: Any) -> bool:
        """Send a plain value if it is small beside what the arena takes; tell whether it is sent.

        Raises:
            TimeoutError: the other side has not taken what was sent before.
            OSError: the other side is gone.
            TypeError: not a plain value.
        """
        first, *others = self._chunks(value)
        if others:
            return False
        try:
            whole = self._socket.send(first) == len(first)
        except BlockingIOError:
            whole = False
        if not whole:
            raise TimeoutError("the other side does not read")
        return True

    def receive(self, *, deadline: float | None = None, max_bytes: int) -> Any:
        """Receive a plain value of at most `max_bytes`.

        Raises:
            EOFError: the other side closed.
            TimeoutError: `deadline` passed.
            Garbled: longer than `max_bytes`, or no message at all.
        """
        (count,) = _COUNT.unpack(self._read(_COUNT.size, deadline))
        if not 1 <= count <= MAX_PARTS:
            raise Garbled(f"{count} parts")
        marked = struct.unpack(f"<{count}Q", self._read(8 * count, deadline))
        length = sum(one & ~_SHARED for one in marked)
        if length > max_bytes:
            raise Garbled(f"{length} bytes, over the limit of {max_bytes}")
        if self._inbox:
            self._inbox.begin()
        return unpack([self._part(one, deadline) for one in marked])

    async def awaited(self, *, deadline: float) -> bool:
        """Wait until `receive` has something to do; tell whether it then need not wait for more.

        Of a message that is small, as all are whose large parts lie in the arena.
        """
        if not self._ahead and await readable(self._socket, deadline=deadline):
            self._ahead = memoryview(self._socket.recv(AHEAD_BYTES))
        return _is_whole(self._ahead)

    def close(self) -> None:
        """Close this end, and its arenas."""
        self._socket.close()
        for arena in (self._outbox, self._inbox):
            if arena:
                arena.close()

    def _chunks(self, value: Any) -> Sequence[Part]:
        """Return what goes over the socket, and put the rest into the arena."""
        parts = pack(value)
        shared = self._shared(parts)
        marked = [len(part) | _SHARED * there for part, there in zip(parts, shared, strict=True)]
        head = _COUNT.pack(len(parts)) + struct.pack(f"<{len(parts)}Q", *marked)
        sent = [part for part, there in zip(parts, shared, strict=True) if not there]
        return _joined([head, *sent])

    def _shared(self, parts: Sequence[Part]) -> list[bool]:
        """Put what is large into the outbox, as far as it fits; tell of each part if it did."""
        if not self._outbox:
            return [False] * len(parts)
        outbox = self._outbox.begin()
        return [len(part) >= AHEAD_BYTES and outbox.put(part) for part in parts]

    def _part(self, marked: int, deadline: float | None) -> Part:
        if not marked & _SHARED:
            return self._read(marked, deadline)
        if not self._inbox:
            raise Garbled("a part in an arena, and there is none")
        try:
            return self._inbox.take(marked & ~_SHARED)
        except ValueError as error:
            raise Garbled(str(error)) from error

    def _send_all(self, chunk: memoryview, deadline: float | None) -> None:
        while chunk:
            try:
                chunk = chunk[self._socket.send(chunk) :]
            except BlockingIOError:
                _wait(self._writable, deadline)

    def _read(self, length: int, deadline: float | None) -> memoryview:
        if length > len(self._ahead) and length - len(self._ahead) < AHEAD_BYTES:
            self._read_ahead(length, deadline)
        taken, self._ahead = self._ahead[:length], self._ahead[length:]
        if len(taken) == length:
            return taken
        buffer = np.empty(length, np.uint8).data  # not zeroed first, as a bytearray is
        buffer[: len(taken)] = taken
        self._fill(buffer, len(taken), length, deadline)
        return buffer

    def _read_ahead(self, length: int, deadline: float | None) -> None:
        """Read until `length` bytes are there, and what else has come already."""
        buffer = np.empty(length + AHEAD_BYTES, np.uint8).data
        have = len(self._ahead)
        buffer[:have] = self._ahead
        self._ahead = buffer[: self._fill(buffer, have, length, deadline)]

    def _fill(self, buffer: memoryview, have: int, enough: int, deadline: float | None) -> int:
        while have < enough:
            _wait(self._readable, deadline)
            got = self._socket.recv_into(buffer[have:])
            if not got:
                raise EOFError("the other side closed the channel")
            have += got
        return have


def _is_whole(come: memoryview) -> bool:
    """Tell whether a message's parts are there, but for those in the arena."""
    if len(come) < _COUNT.size:
        return False
    count: int = _COUNT.unpack_from(come)[0]
    head = _COUNT.size + 8 * count
    if len(come) < head:
        return False
    marked = struct.unpack_from(f"<{count}Q", come, _COUNT.size)
    inline: int = sum(one for one in marked if not one & _SHARED)
    return len(come) >= head + inline


def _joined(parts: Sequence[Part]) -> Sequence[Part]:
    """Return what is to be sent, as many parts from the first on as are small in one piece."""
    ends = accumulate(map(len, parts))
    small = sum(end <= AHEAD_BYTES for end in ends)
    return [b"".join(parts[:small]), *parts[small:]]


def pack(value: Any) -> list[Part]:
    """Return the message of a plain value: JSON text, then the buffers it refers to.

    Raises:
        TypeError: `value` holds something that is not plain.
    """
    buffers: list[Part] = []
    text = json.dumps(_described(value, buffers))
    return [text.encode(), *buffers]


def unpack(parts: Sequence[Part]) -> Any:
    """Return the value of a message. Tuples come back as lists.

    Raises:
        Garbled: not a message `pack` makes.
    """
    try:
        return _restored(json.loads(bytes(parts[0])), parts)
    except (ValueError, KeyError, TypeError, LookupError, RecursionError) as error:
        raise Garbled(str(error)) from error


def _described(value: Any, buffers: list[Part]) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_described(item, buffers) for item in value]
    if (
        isinstance(value, dict)
        and _REFERENCE not in value
        and all(isinstance(k, str) for k in value)
    ):
        return {key: _described(item, buffers) for key, item in value.items()}
    if isinstance(value, bytes | bytearray | memoryview):
        buffers.append(value)
        return {_REFERENCE: len(buffers)}
    if isinstance(value, np.ndarray) and value.dtype.name in _DTYPES:
        buffers.append(np.ascontiguousarray(value).reshape(-1).view(np.uint8).data)
        return {_REFERENCE: len(buffers), "dtype": value.dtype.name, "shape": list(value.shape)}
    raise TypeError(f"{type(value).__name__} is not a plain value")


def _restored(value: Any, parts: Sequence[Part]) -> Any:
    if isinstance(value, list):
        return [_restored(item, parts) for item in value]
    if not isinstance(value, dict):
        return value
    if _REFERENCE not in value:
        return {key: _restored(item, parts) for key, item in value.items()}
    part = parts[value[_REFERENCE]]
    return _array(part, value["dtype"], value["shape"]) if "dtype" in value else bytes(part)


def _array(part: Part, dtype: str, shape: list[int]) -> np.ndarray[Any, Any]:
    if dtype not in _DTYPES or any(type(edge) is not int or edge < 0 for edge in shape):
        raise Garbled(f"array of {dtype} {shape}")
    if math.prod(shape) * np.dtype(dtype).itemsize != len(part):
        raise Garbled(f"array of {dtype} {shape} in {len(part)} bytes")
    return np.frombuffer(part, dtype=dtype).reshape(shape)


def _poll(end: socket.socket, event: int) -> select.poll:
    made = select.poll()
    made.register(end, event)
    return made


def _wait(poll: select.poll, deadline: float | None) -> None:
    left_s = math.inf if deadline is None else deadline - time.monotonic()
    if left_s <= 0 or not poll.poll(None if left_s == math.inf else 1e3 * left_s):
        raise TimeoutError("the other side did not answer in time")
