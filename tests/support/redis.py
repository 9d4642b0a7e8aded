"""A real Redis on loopback that never outlives the tests."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest
import redis

from rig.phpserver import free_port
from support.leader import Leader

HOST = "127.0.0.1"
PROGRAM = "redis-server"
READY_TIMEOUT_S = 10.0
POLL_S = 0.02


def missing_redis() -> list[str]:
    """Return the program, if it is not installed."""
    return [] if shutil.which(PROGRAM) else [PROGRAM]


class RedisServer:
    """One server with its append-only file in `folder`, as docs/backfill.md wants it."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._leader = Leader(folder / "log")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def address(self) -> str:
        """What stands in `fleet.redis`."""
        return f"redis://{HOST}:{self.port}/0"

    def client(self) -> redis.Redis:
        """Return a connection of one's own."""
        return redis.Redis(host=HOST, port=self.port, decode_responses=True)

    def start(self) -> None:
        """Start the server and return when it answers."""
        command = [
            *(PROGRAM, "--bind", HOST, "--port", str(self.port), "--dir", str(self._folder)),
            *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        ]
        self._leader.start(command)
        self._wait_until_ready()

    def kill(self) -> None:
        """SIGKILL, as at a crash of the machine's container."""
        self._leader.kill()

    def flush(self) -> None:
        """Forget everything, as a full shared Redis may do."""
        self.client().flushall()

    def _wait_until_ready(self) -> None:
        try:
            wait_for_redis(self.port)
        except TimeoutError as error:
            log = (self._folder / "log").read_text(encoding="utf-8")
            raise RuntimeError(f"Redis does not come up:\n{log[-2000:]}") from error


def wait_for_redis(port: int, password: str | None = None) -> None:
    """Return when a server on loopback answers.

    Raises:
        TimeoutError: it does not.
    """
    deadline = time.monotonic() + READY_TIMEOUT_S
    with redis.Redis(host=HOST, port=port, password=password) as client:
        while True:
            try:
                client.ping()
            except redis.ConnectionError as error:
                if time.monotonic() > deadline:
                    raise TimeoutError from error
                time.sleep(POLL_S)
            else:
                return


def require_redis() -> None:
    """Without its package skip on a developer's machine and fail in CI."""
    if missing := missing_redis():
        verdict = pytest.fail if os.environ.get("CI") else pytest.skip
        verdict(f"run tests/rig/install.sh as root; missing: {', '.join(missing)}")


@pytest.fixture
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A server of the test's own, which it may kill."""
    require_redis()
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server
