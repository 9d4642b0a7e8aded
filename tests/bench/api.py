"""The REST API beside the engine it is made of, and beside LitServe with the same bundle.

Clients are threads of this process, which share its two cores with the servers. Requests go one a
connection that is kept open, each with one thumbnail. All are of one session: Linux divides a busy
machine's time between sessions (man 7 sched, "The autogroup feature"), so that a server with one of
its own would get more of it.
"""

import http.client
import itertools
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import psutil

from bench.pictures import thumbnails
from bench.sidebyside import MS, Bound, Line, Missing, Note, Row, Sample, interleaved
from bot.config import Settings
from bot.engine import Engine
from bot.home import home
from support.api import ApiProcess
from support.litserving import LitServeProcess, is_installed

THROUGHPUT = Bound("at least", 0.85)
OVERHEAD_MS = Bound("at most", 6)
CLIENTS = 8
PICTURES = 64  # a round
ROUNDS = 5
SINGLES = 40
KEPT_S = 2.0  # for which a connection is used again; the servers close it after 5
HEAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
KIND = {"Content-Type": "multipart/form-data; boundary=b"}

Send = Callable[[bytes], None]


def measure(*, quick: bool) -> Iterator[Line]:
    """Let the engine, the API and LitServe take turns."""
    rounds, singles = (1, 2) if quick else (ROUNDS, SINGLES)
    files = list(itertools.islice(itertools.cycle(thumbnails()), 8 if quick else PICTURES))
    settings = Settings()
    home().mkdir(parents=True, exist_ok=True)
    with ExitStack() as opened:
        folder = opened.enter_context(tempfile.TemporaryDirectory(dir=home(), prefix="bench-"))
        decoders = settings.serve.decoders
        engine = opened.enter_context(
            closing(Engine(settings.model, settings.media, decoders=decoders))
        )
        api = opened.enter_context(ApiProcess(Path(folder) / "api", {}))
        servers = {"REST API": api.process}
        sides: dict[str, Send] = {
            "REST API": opened.enter_context(closing(_Poster(api.port, "/v1/classify"))),
            "engine": lambda data: _look(engine, data, settings),
        }
        if is_installed():
            lit = opened.enter_context(LitServeProcess(Path(folder) / "lit"))
            sides["LitServe"] = opened.enter_context(closing(_Poster(lit.port, "/predict")))
            servers["LitServe"] = lit.process
        yield from _throughput(sides, files, rounds)
        yield from _latency(sides, files, singles)
        yield _processor_time({name: sides[name] for name in servers}, servers, files, rounds)
        yield Note(
            f"api: {CLIENTS} clients at once, thumbnails of 500 px, wall time, scores in "
            f"{engine.provenance['precision']}; LitServe decodes without a process apart"
        )
        if not is_installed():
            yield Missing("api", "litserve is not installed")


def _throughput(sides: dict[str, Send], files: Sequence[bytes], rounds: int) -> Iterator[Row]:
    with ThreadPoolExecutor(CLIENTS) as clients:
        runs = {name: _all_at_once(clients, send, files) for name, send in sides.items()}
        taken = interleaved(runs, rounds=rounds, per=len(files), clock=time.perf_counter)
    ours, *others = [sample.per_second("pictures") for sample in taken]
    for other in others:
        bound = THROUGHPUT if other.name == "engine" else Bound("at least", 1)
        yield Row(f"pictures a second, beside {other.name}", ours, other, bound)


def _latency(sides: dict[str, Send], files: Sequence[bytes], singles: int) -> Iterator[Row]:
    pictures = itertools.cycle(files)
    current = [next(pictures)]

    def one(send: Send) -> Callable[[], None]:
        return lambda: send(current[0])

    taken: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(singles):
        current[0] = next(pictures)
        runs = {name: one(send) for name, send in sides.items()}
        for sample in interleaved(runs, rounds=1, warm_up=0, clock=time.perf_counter, scale=MS):
            taken[sample.name] += sample.values
    ours, engine, *others = [Sample(name, values, "ms") for name, values in taken.items()]
    pairs = zip(ours.values, engine.values, strict=True)
    added = Sample("REST API - engine", [mine - bare for mine, bare in pairs], "ms")
    yield Row("one request, beside bytes to scores", ours, engine)
    yield Row("what a request adds to bytes to scores", added, bound=OVERHEAD_MS)
    for other in others:
        yield Row(f"one request, beside {other.name}", ours, other, Bound("at most", 1))


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
