"""`lookout serve` as a process of its own, asked over HTTP."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import psutil
import requests
import yaml

from bot.home import models_folder

LOOKOUT = Path(sys.executable).with_name("lookout")
START_S = 120.0
END_S = 30.0
POLL_S = 0.05
ANSWER_S = 120.0
LISTENING = re.compile(r"event=serve\.listening .*port=(\d+)")


class ApiProcess:
    """A running service with a state folder and a temporary folder of its own.

    Args:
        folder: Of its own.
        settings: Sections of config.yaml; `serve` listens on a free port.
        secrets: Environment variables.
        program: What is run instead of `lookout`.
    """

    def __init__(
        self,
        folder: Path,
        settings: dict[str, Any],
        secrets: dict[str, str] | None = None,
        program: Sequence[str | Path] = (LOOKOUT,),
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "models").symlink_to(models_folder())
        self.folder = folder
        self.log = folder / "serve.log"
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self.config = folder / "config.yaml"
        serve = {"port": 0, "per_minute": 0} | settings.get("serve", {})
        self.config.write_text(yaml.safe_dump(settings | {"serve": serve}), encoding="utf-8")
        own = {"LOOKOUT_HOME": str(folder), "TMPDIR": str(self.temporary), "OMP_NUM_THREADS": "1"}
        self._environment = {**os.environ, **own, **(secrets or {})}
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def __enter__(self) -> Self:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self._program, "serve", "--config", self.config],
                env=self._environment,
                cwd=self.folder,
                stderr=log,
            )
        self.port = self._port()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(END_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    @property
    def process(self) -> psutil.Process:
        """The running process."""
        assert self._process, "not started"
        return psutil.Process(self._process.pid)

    @property
    def base(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def terminate(self) -> int:
        """SIGTERM; return the exit code."""
        assert self._process, "not started"
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(END_S)

    def get(self, path: str, **more: Any) -> requests.Response:
        """Ask."""
        return requests.get(self.base + path, timeout=ANSWER_S, **more)

    def post(self, path: str, **more: Any) -> requests.Response:
        """Send."""
        return requests.post(self.base + path, timeout=ANSWER_S, **more)

    def delete(self, path: str) -> requests.Response:
        """Have something forgotten."""
        return requests.delete(self.base + path, timeout=ANSWER_S)

    def classify(self, *files: bytes, **more: Any) -> requests.Response:
        """Send pictures as a form, named by their number."""
        form = [("file", (f"{number}.bin", data)) for number, data in enumerate(files)]
        return self.post("/v1/classify", files=form, **more)

    def log_text(self) -> str:
        """Return everything it logged."""
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def _port(self) -> int:
        deadline = time.monotonic() + START_S
        while not (found := LISTENING.search(self.log_text())):
            assert self._process
            assert self._process.poll() is None, self.log_text()
            assert time.monotonic() < deadline, self.log_text()
            time.sleep(POLL_S)
        return int(found[1])
