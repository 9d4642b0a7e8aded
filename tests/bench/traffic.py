"""What an upload costs the wiki and the ledger: requests, bytes, rows. Counted, not timed.

A real `lookout run` takes a backlog from a miniature Commons, which counts what it is asked for.
"""

import itertools
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from sqlite3 import connect
from urllib.parse import urlsplit

from bench.ledger import Passage
from bench.pictures import QUALITY, THUMBNAIL_WIDTH, distinct, thumbnails
from bench.sidebyside import Line, Missing, Note, Row, Sample
from bot.demo.commons import MiniCommons
from bot.demo.eventstream import EventStreamServer
from bot.demo.traffic import log_event
from bot.home import home
from bot.lanes import Lane
from bot.ledger import Ledger, State
from bot.scoring import FILES_PER_TURN
from support.bot import BotProcess

UPLOADS = 400
ROWS = 10_000
BATCH = FILES_PER_TURN[Lane.PICTURES]
KB = 1000
READY_S = 60.0
SCORED_S = 180.0


def measure(*, quick: bool) -> Iterator[Line]:
    """Count the requests and bytes of a backlog, then the bytes of many uploads in the ledger."""
    uploads = 20 if quick else UPLOADS
    pictures = list(itertools.islice(itertools.cycle(thumbnails()), uploads))
    with _bot() as (commons, stream, bot):
        calls, fetches = _asked(commons)
        _announce(commons, stream, pictures)
        try:
            bot.wait_for(lambda told: told["states"][State.SCORED] == uploads, SCORED_S)
        except AssertionError as error:
            yield Missing("traffic", f"not all were scored in {SCORED_S:g} s: {error}")
            return
        calls_after, fetches_after = _asked(commons)
    yield _row("calls of api.php for an upload", (calls_after - calls) / uploads, "calls")
    fetched = (fetches_after - fetches) / uploads
    yield _row("requests to the file host for an upload", fetched, "requests")
    yield _row("bytes of a thumbnail", sum(map(len, pictures)) / uploads / KB, "kB")
    yield _row("bytes of an upload in the ledger", _stored(1000 if quick else ROWS), "bytes")
    yield Note(
        f"traffic: {uploads} uploads at once, scored in batches of {BATCH}; thumbnails of "
        f"{THUMBNAIL_WIDTH} px of {len(thumbnails())} photographs, JPEG of quality {QUALITY}"
    )


def _row(name: str, value: float, unit: str) -> Row:
    return Row(name, Sample("whole bot" if unit != "bytes" else "SQLite", [value], unit))


@contextmanager
def _bot() -> Iterator[tuple[MiniCommons, EventStreamServer, BotProcess]]:
    home().mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=home(), prefix="bench-") as folder,
        MiniCommons() as commons,
        EventStreamServer() as stream,
        BotProcess(Path(folder), _settings(commons, stream)) as bot,
    ):
        bot.wait_for_log("patrol.ready", READY_S)
        yield commons, stream, bot


def _settings(commons: MiniCommons, stream: EventStreamServer) -> dict[str, object]:
    """Return settings with which the wiki is asked about uploads and nothing else."""
    return {
        "stream": {"url": stream.url, "check_hours": 0},
        "wiki": {
            "api": commons.addresses.api,
            "file_hosts": [urlsplit(commons.addresses.base).netloc],
            "contact": "make bench, on loopback",
        },
        "control": {"run_page": "", "opt_out_page": ""},
        "reviews": {"sources": []},
    }


def _announce(commons: MiniCommons, stream: EventStreamServer, pictures: Sequence[bytes]) -> None:
    for number, picture in enumerate(pictures):
        title, content = f"File:Holiday {number}.jpg", distinct(picture, number)
        entry = commons.wiki.upload(title, content, user="Alice", comment="")
        stream.publish(log_event(entry))


def _asked(commons: MiniCommons) -> tuple[int, int]:
    """Return how often api.php was asked, and the file host."""
    api = urlsplit(commons.addresses.api).path
    calls = sum(path == api for path in commons.asked)
    return calls, len(commons.asked) - calls


def _stored(uploads: int) -> float:
    """Return the bytes that an upload without a hit takes in a ledger of so many."""
    with tempfile.TemporaryDirectory(dir=home(), prefix="bench-") as folder:
        path = Path(folder) / "ledger.sqlite"
        with Ledger(f"sqlite:///{path}") as ledger:
            empty = _size(path)
            passage = Passage(ledger, BATCH)
            for _ in range(uploads // BATCH):
                passage.whole()
            return (_size(path) - empty) / uploads


def _size(path: Path) -> int:
    with closing(connect(path)) as database:
        (pages,) = database.execute("PRAGMA page_count").fetchone()
        (bytes_of_a_page,) = database.execute("PRAGMA page_size").fetchone()
    return int(pages) * int(bytes_of_a_page)
