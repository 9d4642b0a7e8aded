"""Several decoders, so that one slow or hostile picture does not hold up the others."""

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from model.awaiting import in_thread
from model.decoder import DECODE_TIMEOUT_S, IsolatedDecoder
from model.image import DEFAULT_LIMITS, DecodeLimits, Picture


class DecoderPool:
    """Decodes `size` pictures at once. Safe to share between threads; more of them wait.

    The decoder used last is used next: a child process only starts when all others are busy.
    """

    def __init__(
        self,
        size: int,
        *,
        limits: DecodeLimits = DEFAULT_LIMITS,
        target: int | None = None,
        fingerprints: bool = True,
    ) -> None:
        self._decoders = [
            IsolatedDecoder(limits=limits, target=target, fingerprints=fingerprints)
            for _ in range(size)
        ]
        self._idle: queue.LifoQueue[IsolatedDecoder] = queue.LifoQueue()
        for decoder in self._decoders:
            self._idle.put(decoder)

    def decode(self, data: bytes, *, timeout_s: float = DECODE_TIMEOUT_S) -> Picture:
        """Decode as `IsolatedDecoder.decode` does; the wait for a decoder is not counted."""
        with self._borrowed() as decoder:
            return decoder.decode(data, timeout_s=timeout_s)

    async def adecode(self, data: bytes, *, timeout_s: float = DECODE_TIMEOUT_S) -> Picture:
        """Decode as `decode` does, for an event loop; a thread waits where all are busy."""
        try:
            decoder = self._idle.get_nowait()
        except queue.Empty:
            return await in_thread(partial(self.decode, data, timeout_s=timeout_s))
        try:
            return await decoder.adecode(data, timeout_s=timeout_s)
        finally:
            self._idle.put(decoder)

    def close(self) -> None:
        """End all children, even in the middle of a picture."""
        for decoder in self._decoders:
            decoder.close()

    @contextmanager
    def _borrowed(self) -> Iterator[IsolatedDecoder]:
        decoder = self._idle.get()
        try:
            yield decoder
        finally:
            self._idle.put(decoder)
