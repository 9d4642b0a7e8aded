"""The REST API beside the engine it is made of, and beside LitServe with the same bundle.

Clients are threads of this process, which share its two cores with the servers. Requests go one a
connection that is kept open, each with one thumbnail. All are of one session: Linux divides a busy
machine's time between sessions (man 7 sched, "The autogroup feature"), so that a server with one of
its own would get more of it.
"""

import http.client
import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from bench.pictures import thumbnails
from bench.sidebyside import MS, Bound, Line, Missing, Note, Row, Sample, interleaved
from bot.config import Settings
from bot.engine import Engine
from bot.home import home
from support.api import ApiProcess
from support.litserving import LitServeProcess, is_installed

OURS, ENGINE, LITSERVE = "REST API", "engine", "LitServe"
ONE_THREAD = {"serve": {"alone_threads": 1}}
AT_MOST_1 = Bound("at most", 1)
THROUGHPUT = Bound("at least", 0.85)
OVERHEAD_MS = Bound("at most", 6)
CLIENTS = 8
PICTURES = 64  # a round
ROUNDS = 5
SINGLES = 100
PAUSE_S = 0.02
KEPT_S = 2.0  # for which a connection is used again; the servers close it after 5
HEAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
KIND = {"Content-Type": "multipart/form-data; boundary=b"}

Send = Callable[[bytes], None]


def measure(*, quick: bool) -> Iterator[Line]:
    """Let the engine, the API and LitServe take turns."""
    rounds, singles = (1, 2) if quick else (ROUNDS, SINGLES)
    files = list(itertools.islice(itertools.cycle(thumbnails()), 8 if quick else PICTURES))
    with _running({}) as (sides, servers):
        yield from _throughput(sides, files, rounds)
        yield from _beside_litserve("one request", _latencies(sides, files, singles), AT_MOST_1)
        yield _processor_time({name: sides[name] for name in servers}, servers, files, rounds)
    with _running(ONE_THREAD) as (sides, _):
        taken = _latencies(sides, files, singles)
        yield _added(taken)
        yield from _beside_litserve("one request, one thread each", taken, None)
    yield Note(
        f"api: {CLIENTS} clients at once, or one with pauses, thumbnails of 500 px, wall time; "
        "LitServe decodes without a process apart, and has one thread for the model at all times"
    )
    if not is_installed():
        yield Missing("api", "litserve is not installed")


@contextmanager
def _running(
    settings: dict[str, Any],
) -> Iterator[tuple[dict[str, Send], dict[str, psutil.Process]]]:
    """Start all sides; give how each is sent a picture, and the processes of the servers."""
    home().mkdir(parents=True, exist_ok=True)
    defaults = Settings()
    decoders = defaults.serve.decoders
    with ExitStack() as opened:
        folder = Path(opened.enter_context(TemporaryDirectory(dir=home(), prefix="bench-")))
        engine = Engine(defaults.model, defaults.media, decoders=decoders)
        opened.enter_context(closing(engine))
        api = opened.enter_context(ApiProcess(folder / "api", settings))
        sides: dict[str, Send] = {
            OURS: opened.enter_context(closing(_Poster(api.port, "/v1/classify"))),
            ENGINE: lambda data: _look(engine, data, defaults),
        }
        servers = {OURS: api.process}
        if is_installed():
            lit = opened.enter_context(LitServeProcess(folder / "lit"))
            sides[LITSERVE] = opened.enter_context(closing(_Poster(lit.port, "/predict")))
            servers[LITSERVE] = lit.process
        yield sides, servers


def _throughput(sides: dict[str, Send], files: Sequence[bytes], rounds: int) -> Iterator[Row]:
    with ThreadPoolExecutor(CLIENTS) as clients:
        runs = {name: _all_at_once(clients, send, files) for name, send in sides.items()}
        taken = interleaved(runs, rounds=rounds, per=len(files), clock=time.perf_counter)
    ours, *others = [sample.per_second("pictures") for sample in taken]
    for other in others:
        bound = THROUGHPUT if other.name == ENGINE else Bound("at least", 1)
        yield Row(f"pictures a second, beside {other.name}", ours, other, bound)


def _latencies(sides: dict[str, Send], files: Sequence[bytes], singles: int) -> dict[str, Sample]:
    """Send one picture after the other, each after a pause in which all processes fall asleep."""
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for send in sides.values():
        send(files[0])  # what starts with the first picture has started
    for picture in itertools.islice(itertools.cycle(files), singles):
        for name, send in sides.items():
            time.sleep(PAUSE_S)
            started = time.perf_counter()
            send(picture)
            taken[name].append(MS * (time.perf_counter() - started))
    return {name: Sample(name, values, "ms") for name, values in taken.items()}


def _beside_litserve(name: str, taken: dict[str, Sample], bound: Bound | None) -> Iterator[Row]:
    if LITSERVE in taken:
        yield Row(name, taken[OURS], taken[LITSERVE], bound)


def _added(taken: dict[str, Sample]) -> Row:
    pairs = zip(taken[OURS].values, taken[ENGINE].values, strict=True)
    added = Sample(f"{OURS} - {ENGINE}", [ours - bare for ours, bare in pairs], "ms")
    return Row("what a request adds to bytes to scores, one thread each", added, bound=OVERHEAD_MS)


def _processor_time(
    sides: dict[str, Send], servers: dict[str, psutil.Process], files: Sequence[bytes], rounds: int
) -> Row:
    """Compare what a request costs all processes of a server, whatever else the machine does."""
    taken: dict[str, list[float]] = {name: [] for name in sides}
    with ThreadPoolExecutor(CLIENTS) as clients:
        for _ in range(rounds):
            for name, send in sides.items():
                before = _used_s(servers[name])
                _all_at_once(clients, send, files)()
                taken[name].append(MS * (_used_s(servers[name]) - before) / len(files))
    ours, *others = [Sample(name, values, "ms") for name, values in taken.items()]
    return Row("processor time of a request, all processes", ours, next(iter(others), None))


def _used_s(server: psutil.Process) -> float:
    """Return the processor time of a server and its children until now."""
    times = [one.cpu_times() for one in (server, *server.children(recursive=True))]
    return float(sum(one.user + one.system for one in times))


def _all_at_once(
    clients: ThreadPoolExecutor, send: Send, files: Sequence[bytes]
) -> Callable[[], object]:
    return lambda: list(clients.map(send, files))


def _look(engine: Engine, data: bytes, settings: Settings) -> None:
    engine.look(data, "", settings.media)


class _Poster:
    """Sends a picture as a form; safe to share between threads, each with its connection."""

    def __init__(self, port: int, path: str) -> None:
        self._port = port
        self._path = path
        self._idle: list[tuple[float, http.client.HTTPConnection]] = []

    def __call__(self, data: bytes) -> None:
        """Send one and wait for the answer.

        Raises:
            RuntimeError: it was refused.
        """
        connection = self._connected()
        connection.request("POST", self._path, HEAD + data + b"\r\n--b--\r\n", KIND)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"{self._path} answered {answer.status}: {body[:200]!r}")
        self._idle.append((time.monotonic(), connection))

    def close(self) -> None:
        """Hang up; no request may be under way."""
        while self._idle:
            self._idle.pop()[1].close()

    def _connected(self) -> http.client.HTTPConnection:
        """Return a connection: one that was used a moment ago, else a new one."""
        with suppress(IndexError):
            used_at, connection = self._idle.pop()
            if time.monotonic() - used_at < KEPT_S:
                return connection
            connection.close()
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
