"""Plain values over a socket, for talking with a process that untrusted bytes may have taken over.

Not pickle: unpickling runs whatever the sender names
(https://docs.python.org/3/library/pickle.html), so that a taken-over child would own the parent. A
message is a JSON text followed by raw buffers; what arrives is None, bool, int, float, str, bytes,
list, dict or a numeric array, or is refused.

On the socket: uint32 number of parts, uint64 length of each, then the parts, little-endian.
"""

import json
import math
import socket
import struct
import time
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Final

import numpy as np

MAX_PARTS: Final = 4096
AHEAD_BYTES: Final = 2**16  # most messages go and come whole, with one call of the system each
_DTYPES: Final = frozenset({"uint8", "int64", "float32", "float64"})
_REFERENCE: Final = "$"  # {"$": part number} stands for bytes; with dtype and shape for an array
_COUNT: Final = struct.Struct("<I")

Part = bytes | bytearray | memoryview


class Garbled(ValueError):
    """What arrived is not a message."""


class Channel:
    """One end of a socket pair. `deadline` is a `time.monotonic()` moment, None for never."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._ahead = memoryview(b"")  # read and not yet taken

    def send(self, value: Any, *, deadline: float | None = None) -> None:
        """Send a plain value.

        Raises:
            TimeoutError: the other side did not take it by `deadline`.
            OSError: the other side is gone.
            TypeError: not a plain value.
        """
        parts = pack(value)
        lengths = struct.pack(f"<{len(parts)}Q", *(len(part) for part in parts))
        for chunk in _chunks([_COUNT.pack(len(parts)) + lengths, *parts]):
            self._socket.settimeout(_remaining(deadline))
            self._socket.sendall(chunk)

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
        lengths = struct.unpack(f"<{count}Q", self._read(8 * count, deadline))
        if sum(lengths) > max_bytes:
            raise Garbled(f"{sum(lengths)} bytes, over the limit of {max_bytes}")
        return unpack([self._read(length, deadline) for length in lengths])

    def close(self) -> None:
        """Close this end."""
        self._socket.close()

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
            self._socket.settimeout(_remaining(deadline))
            got = self._socket.recv_into(buffer[have:])
            if not got:
                raise EOFError("the other side closed the channel")
            have += got
        return have


def _chunks(parts: Sequence[Part]) -> Sequence[Part]:
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


def _remaining(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the other side did not answer in time")
    return left
