"""One client's open connection: follows the topic, and fails in the ways it is told to."""

import contextlib
import select
import socket
import struct
import time
from threading import Event as Flag

from bot.demo.faults import CutHow, Faults
from bot.demo.position import Position
from bot.demo.topic import Record, Topic
from bot.demo.wire import frame, garbage

TICK_S = 0.02
"""How soon a quiet connection notices a cut, a fault or a client that left."""

LAST_CHUNK = b"0\r\n\r\n"
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER on with 0 s: close() sends RST instead of FIN (man 7 socket)."""


class Connection:
    """Writes the response's body, from `position` on, until something ends it."""

    def __init__(
        self, client: socket.socket, topic: Topic, position: Position, faults: Faults, *, sse: bool
    ) -> None:
        self._client = client
        self._topic = topic
        self._position = position
        self._faults = faults
        self._sse = sse
        self._sent = 0
        self._opened = time.monotonic()
        self._stopped = Flag()
        self._cut: CutHow | None = None

    def cut(self, how: CutHow) -> None:
        """End the connection at its next tick."""
        self._cut = how

    def stop(self) -> None:
        """Break off at once, as a killed server does."""
        self._stopped.set()
        with contextlib.suppress(OSError):  # closed already, which is all that is wanted
            self._client.shutdown(socket.SHUT_RDWR)

    def serve(self) -> None:
        """Run until cut, stopped or left by the client.

        Raises:
            OSError: the client went away in the middle of a write.
        """
        self._write([b":ok\n\n" if self._sse else b"\n"])
        while not self._stopped.is_set() and not self._client_left():
            if how := self._due_cut():
                self._end(how)
                return
            if record := self._next_record():
                self._send(record)

    def _due_cut(self) -> CutHow | None:
        faults, age_s = self._faults, time.monotonic() - self._opened
        if self._cut:
            return self._cut
        if faults.max_age_s is not None and age_s >= faults.max_age_s:
            return faults.max_age_how
        if faults.cut_after is not None and self._sent >= faults.cut_after:
            return faults.cut_how
        return None

    def _next_record(self) -> Record | None:
        if self._faults.stall or self._position.offset is None:
            self._stopped.wait(TICK_S)
            return None
        return self._topic.read(self._position.offset, TICK_S)

    def _send(self, record: Record) -> None:
        position = self._position.behind(record)
        if self._faults.take("garbage"):
            kind = self._faults.garbage_kind
            self._write(garbage(kind, record.data, position.assignments))
        self._write(self._lines(record, position))
        self._position = position
        self._sent += 1

    def _lines(self, record: Record, position: Position) -> list[bytes]:
        if self._sse:
            return frame("message", record.data, position.assignments)
        return [f"{record.data}\n".encode()]

    def _write(self, lines: list[bytes]) -> None:
        for line in lines:
            self._drip(b"%x\r\n%b\r\n" % (len(line), line))

    def _drip(self, data: bytes) -> None:
        """Send at the speed the faults allow; a stopped or cut connection need not finish."""
        while data and not self._stopped.is_set():
            speed = self._faults.bytes_per_s
            if speed is None:
                self._client.sendall(data)
                return
            size = max(1, round(speed * TICK_S))
            self._client.sendall(data[:size])
            data = data[size:]
            self._stopped.wait(size / speed)

    def _end(self, how: CutHow) -> None:
        if how in ("half", "half_clean"):
            whole = b"".join(self._lines(*self._torn()))
            half = whole[: len(whole) // 2]
            size = len(whole) if how == "half" else len(half)
            self._client.sendall(b"%x\r\n%b" % (size, half))
        if how == "half_clean":
            self._client.sendall(b"\r\n")
        if how in ("close", "half_clean"):
            self._client.sendall(LAST_CHUNK)
        if how == "abort":
            self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            # The web server holds further references, which would delay the close.
            socket.close(self._client.detach())

    def _torn(self) -> tuple[Record, Position]:
        """Choose what to tear: the next event, else the last one again, else a made-up one."""
        waiting = self._position.offset and self._topic.read(self._position.offset, 0)
        record = waiting or self._topic.last() or Record(0, 0, '{"meta":{}}')
        return record, self._position.behind(record)

    def _client_left(self) -> bool:
        readable, _, _ = select.select([self._client], [], [], 0)
        return bool(readable) and self._client.recv(1, socket.MSG_PEEK) == b""
