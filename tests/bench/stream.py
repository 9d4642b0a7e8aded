"""Events read off the stream in a second, by the bot's own reader on one core."""

import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from bench.sidebyside import US, Bound, Line, Note, Row, interleaved
from bot.demo.wire import frame
from bot.settings.intake import StreamSettings
from bot.stream import UploadStream

if TYPE_CHECKING:
    import requests

SAMPLES = Path(__file__).parents[1] / "samples"
UPLOADS = 0.02  # of all events
# What else is on the stream, by the names of the recorded samples.
OTHERS = ("edit-by-bot", "new-page", "new-page-unicode", "categorize", "move", "delete", "block")
BOUND = Bound("at least", 30_000)
EVENTS = 10_000
ROUNDS = 9
READ_BYTES = 16 * 1024  # what one read of a busy socket brings
FIRST_OFFSET = 5_900_000_000
HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
)


def measure(*, quick: bool) -> Iterator[Line]:
    """Measure the reader on whole blocks in memory and on chunks from a socket."""
    frames = list(events(1_000 if quick else EVENTS))
    texts = [lines[-1].removeprefix(b"data: ").decode() for lines in frames]
    rounds = 2 if quick else ROUNDS
    reader = UploadStream(StreamSettings(), user_agent="bench", position=0)
    body = b"".join(line for lines in frames for line in lines)
    answer = cast("requests.Response", _Answer(body))
    blocks, alone = interleaved(
        {
            "UploadStream": lambda: list(reader._read(answer)),
            "json.loads": lambda: [json.loads(text) for text in texts],
        },
        rounds=rounds,
        per=len(frames),
        scale=US,
    )
    yield Row("event, from blocks of 16 KiB", blocks, alone)
    yield Row("events, from blocks of 16 KiB", blocks.per_second("events"), bound=BOUND)
    with _served(frames) as url:
        chunks, alone = interleaved(
            {
                "UploadStream": lambda: _read(url, len(frames)),
                "json.loads": lambda: [json.loads(text) for text in texts],
            },
            rounds=rounds,
            per=len(frames),
            clock=time.thread_time,
            scale=US,
        )
    yield Row("event, from a socket", chunks, alone)
    yield Row("events, from a socket", chunks.per_second("events"), bound=BOUND)
    yield Note(
        f"stream: {len(frames)} events of {len(body) // len(frames)} bytes, {UPLOADS:.0%} of them "
        "uploads; on the socket each of an event's three lines is an HTTP chunk"
    )


def events(count: int) -> Iterator[list[bytes]]:
    """Yield events as the lines that travel, each event with its own id, offset and title."""
    samples = {path.stem: json.loads(path.read_text()) for path in SAMPLES.glob("*.json")}
    every = round(1 / UPLOADS)
    for number in range(count):
        name = "upload" if number % every == 0 else OTHERS[number % len(OTHERS)]
        sample = samples[name]
        event = _renumbered(sample["data"], number)
        text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
        yield frame(sample["sse"]["event"], text, json.loads(sample["sse"]["id"]))


def _renumbered(event: dict[str, Any], number: int) -> dict[str, Any]:
    meta = {**event["meta"], "offset": FIRST_OFFSET + number}
    return {**event, "meta": meta, "id": number, "title": f"{event['title']} {number}"}


class _Answer:
    """A response that is here already."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def iter_content(self, _size: int | None) -> Iterator[bytes]:
        """Yield the body as a busy socket does."""
        for start in range(0, len(self._body), READ_BYTES):
            yield self._body[start : start + READ_BYTES]


def _read(url: str, count: int) -> None:
    settings = StreamSettings(url=url)
    stream = iter(UploadStream(settings, user_agent="bench", position=0))
    for _ in islice(stream, count):
        pass


@contextmanager
def _served(frames: Sequence[Sequence[bytes]]) -> Iterator[str]:
    """Serve the events to everyone who connects, as fast as they are taken."""
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(line), line) for lines in frames for line in lines)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server, HEAD + chunks), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/v2/stream/mediawiki.recentchange"
        finally:
            server.shutdown(socket.SHUT_RDWR)


def _serve(server: socket.socket, answer: bytes) -> None:
    with suppress(OSError):  # of accept, once the server is shut down
        while True:
            client, _ = server.accept()
            with client, suppress(ConnectionError):
                client.recv(READ_BYTES)
                client.sendall(answer)
                client.recv(READ_BYTES)  # returns when the reader leaves
