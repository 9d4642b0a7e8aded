"""Boots, resets and stops the wiki and its stream, and switches their faults."""

import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any, Self

import requests

from bot.demo.eventstream import EventStreamServer
from rig.accounts import ACCOUNTS
from rig.client import WikiClient
from rig.faults import HttpFault
from rig.feed import Event, Feed
from rig.phpserver import PhpServer, free_port
from rig.snapshot import DATABASE, OPCACHE, WIKI, environment, snapshot

SETTLE_TIMEOUT_S = 60.0
HOLD_TIMEOUT_S = 30.0
POLL_S = 0.005
CONTROL_TIMEOUT_S = 5.0


@dataclass(frozen=True)
class SeenRequest:
    """One request that the wiki got; `post` lacks passwords and tokens, long values are cut."""

    method: str
    url: str
    user_agent: str
    post: dict[str, str]
    status: int


class Hold:
    """A request that the wiki keeps waiting."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._reached = file.with_suffix(".reached")
        file.touch()

    def wait_until_reached(self) -> None:
        """Return when the request has come in and waits."""
        deadline = time.monotonic() + HOLD_TIMEOUT_S
        while not self._reached.exists():
            if time.monotonic() > deadline:
                raise TimeoutError("no request matched the hold")
            time.sleep(POLL_S)

    def release(self) -> None:
        """Let it go on."""
        self._file.unlink(missing_ok=True)


class MediaWikiRig:
    """A wiki and its stream; a context manager.

    Args:
        workdir: An empty or missing folder; holds the wiki's files while it runs.
        snapshots: Folder that keeps the installed wiki between runs.
    """

    accounts = ACCOUNTS

    def __init__(self, workdir: Path, *, snapshots: Path | None = None) -> None:
        self._instance = workdir.resolve()
        self._snapshots = snapshots or Path(tempfile.gettempdir()) / "lookout-rig"
        self._clients: dict[str, WikiClient] = {}
        self._faults: list[HttpFault] = []
        self._switches: dict[str, Any] = {}
        self._events: list[Event] = []

    def start(self) -> None:
        """Boot from the snapshot, which is made first when there is none."""
        self._snapshot = snapshot(self._snapshots)
        self._restore_files()
        self.stream = EventStreamServer()
        self.stream.start()
        self._feed = Feed(self._publish)
        port = free_port()
        self._php = PhpServer(
            WIKI / "router.php",
            port=port,
            env=environment(self._instance, self._snapshot, port=port, feed_port=self._feed.port),
            opcache=self._snapshot / OPCACHE,
            log=self._instance / "php.log",
        )
        self.api_url = f"{self._php.url}/w/api.php"
        self.index_url = f"{self._php.url}/w/index.php"
        self._php.wait_until_ready()

    def stop(self) -> None:
        """End everything that was started and remove the wiki's files."""
        self._php.stop()
        self._feed.stop()
        self.stream.stop()
        shutil.rmtree(self._instance)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def reset(self) -> None:
        """Return to the state after the boot: an empty wiki, no faults, a new stream (new URL)."""
        for hold in self._instance.glob("hold-*"):
            hold.unlink()
        self.settle()
        self._clients.clear()
        self._faults.clear()
        self._switches.clear()
        self._events.clear()
        self._restore_files()
        self._control("forget")
        self.stream.stop()
        self.stream = EventStreamServer()
        self.stream.start()

    def settle(self) -> None:
        """Return when the wiki is idle, jobs included, and all its events are on the stream."""
        deadline = time.monotonic() + SETTLE_TIMEOUT_S
        while self._control("busy") != "0":
            if time.monotonic() > deadline:
                raise TimeoutError("the wiki is still busy with a request")
            time.sleep(POLL_S)
        self._feed.drain()

    def kill_web_server(self) -> None:
        """SIGKILL the wiki's web server, whatever it is working on; its faults are forgotten."""
        self._php.stop()

    def start_web_server(self) -> None:
        """Start it again and return when it answers; sessions were in its memory."""
        self._clients.clear()
        self._php.start()
        self._php.wait_until_ready()

    def client(self, account: str) -> WikiClient:
        """Return a client logged in as one of `accounts`."""
        if account not in self._clients:
            self._clients[account] = WikiClient(self.api_url, self.accounts[account])
        return self._clients[account]

    def runtime(self, **switches: Any) -> None:
        """Set switches of the wiki; None switches one off.

        `lag` (s), `readOnly` (reason), `rateLimits`, `groupPermissions` (as in LocalSettings),
        `apiErrors` (API module → `ApiFault`), `video` (False: no handler for video).
        """
        self._switches.update(switches)
        _write(self._instance / "runtime.json", self._switches)

    def http_faults(self, faults: Sequence[HttpFault]) -> None:
        """Replace the list of HTTP faults; the first that matches a request is met."""
        self._faults = list(faults)
        _write(self._instance / "http_faults.json", self._faults)

    @contextmanager
    def hold(self, match: str) -> Iterator[Hold]:
        """Keep the next request that matches waiting until released, at the latest on leaving."""
        fault = HttpFault("hold", match, count=1)
        hold = Hold(self._instance / f"hold-{fault.id}")
        self.http_faults([fault, *self._faults])
        try:
            yield hold
        finally:
            hold.release()

    @property
    def events(self) -> Sequence[Event]:
        """What the wiki has sent since the last reset, before any fault of the stream."""
        return tuple(self._events)

    def requests(self, part_of_url: str = "") -> list[SeenRequest]:
        """Return the requests since the last reset whose URL contains `part_of_url`."""
        log = self._instance / "requests.ndjson"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        seen = [SeenRequest(**json.loads(line)) for line in lines]
        return [request for request in seen if part_of_url in request.url]

    def exceptions(self) -> str:
        """Return what MediaWiki threw since the last reset; most of it no client ever sees."""
        log = self._instance / "exceptions.log"
        return log.read_text(encoding="utf-8") if log.exists() else ""

    def _publish(self, event: Event) -> None:
        self._events.append(event)
        self.stream.publish(event)

    def _control(self, question: str) -> str:
        response = requests.get(f"{self._php.url}/rig/{question}", timeout=CONTROL_TIMEOUT_S)
        response.raise_for_status()
        return response.text

    def _restore_files(self) -> None:
        for name in ("db", "images", "tmp"):
            shutil.rmtree(self._instance / name, ignore_errors=True)
            (self._instance / name).mkdir(parents=True)
        shutil.copyfile(self._snapshot / DATABASE, self._instance / DATABASE)
        for name in ("runtime.json", "http_faults.json", "requests.ndjson", "exceptions.log"):
            (self._instance / name).unlink(missing_ok=True)


def _write(file: Path, content: Any) -> None:
    """Replace a file at once: the wiki may be reading it."""
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(content, default=_plain), encoding="utf-8")
    fresh.replace(file)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"cannot be written as JSON: {value!r}")
