"""Memory that two processes share, for buffers that would fill a socket several times over.

A child may write to it at any moment, and may have been taken over: the parent copies out what lies
there before it looks at it. Its size is sealed, else a side that shortened it would have the other
one killed (SIGBUS, https://man7.org/linux/man-pages/man2/memfd_create.2.html, "File sealing").
"""

import fcntl
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Self

import numpy as np

SIZE: Final = 2**21  # of each; only what was used takes memory
_ALIGNMENT: Final = 64  # a line of the processor's cache
_SEALS: Final = fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL

Part = bytes | bytearray | memoryview


@contextmanager
def shared_memory() -> Iterator[int]:
    """Make memory for an arena; its descriptor is only needed until both sides have mapped it."""
    made = os.memfd_create("arena", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.ftruncate(made, SIZE)
        fcntl.fcntl(made, fcntl.F_ADD_SEALS, _SEALS)
        yield made
    finally:
        os.close(made)


class Arena:
    """Holds the buffers of one message; the next one takes their place. One side writes."""

    def __init__(self, descriptor: int, *, trusted: bool = False) -> None:
        """Map what `shared_memory` made; that may be closed afterwards.

        From a `trusted` writer, who waits for an answer to each message, buffers are taken where
        they are: they hold until the answer.
        """
        self._trusted = trusted
        self._memory = mmap.mmap(descriptor, SIZE)
        self._view = memoryview(self._memory)
        self._used = 0

    def begin(self) -> Self:
        """Begin with another message."""
        self._used = 0
        return self

    def put(self, part: Part) -> bool:
        """Write a buffer behind the last one, if there is room."""
        place = self._place(len(part))
        if place is None:
            return False
        self._view[place] = part
        return True

    def take(self, length: int) -> memoryview:
        """Return the next buffer that the other side wrote: a copy, unless that is trusted.

        Raises:
            ValueError: there is no room for one of that length.
        """
        place = self._place(length)
        if place is None:
            raise ValueError(f"{length} bytes, beyond the end of the arena")
        if self._trusted:
            return self._view[place]
        copy = np.empty(length, np.uint8).data  # not zeroed first, as a bytearray is
        copy[:] = self._view[place]
        return copy

    def close(self) -> None:
        """Give the mapping back."""
        self._view.release()
        self._memory.close()

    def _place(self, length: int) -> slice | None:
        begin = self._used
        if length > SIZE - begin:
            return None
        self._used = min(SIZE, begin + length + -length % _ALIGNMENT)
        return slice(begin, begin + length)
