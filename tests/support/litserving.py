"""LitServe with the default bundle, as its documentation has it, for a comparison of speed."""

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import psutil

from bot.errors import Stop

START_S = 120.0
END_S = 20.0
POLL_S = 0.1
TESTS = Path(__file__).parents[1]


def is_installed() -> bool:
    """Tell whether there is anything to compare with."""
    return importlib.util.find_spec("litserve") is not None


class LitServeProcess:
    """A running server; a context manager."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(TESTS)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "support.litserving_child", str(self.port)],
            cwd=self._folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,  # it starts processes that outlive it
        )
        deadline = time.monotonic() + START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise Stop("LitServe does not start")
            time.sleep(POLL_S)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process, "not started"
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(END_S)

    @property
    def process(self) -> psutil.Process:
        """The running process."""
        assert self._process, "not started"
        return psutil.Process(self._process.pid)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                connection.sendall(b"GET /health HTTP/1.0\r\n\r\n")
                return b" 200 " in connection.recv(64)
        except OSError:
            return False
