"""The real bot as a process: started, watched, killed and started again."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import psutil
import yaml

from bot.home import models_folder
from bot.ledger import Ledger

LOOKOUT = Path(sys.executable).with_name("lookout")
POLL_S = 0.2
STATUS_TIMEOUT_S = 30.0
MIB = 1024 * 1024

Status = dict[str, Any]


@dataclass(frozen=True)
class End:
    """How one upload stands in the ledger."""

    log_id: int
    title: str
    state: str
    verdict: str | None
    reason: str | None


class BotProcess:
    """`lookout run` with a state folder of its own and the models of this checkout."""

    def __init__(
        self,
        folder: Path,
        settings: dict[str, Any],
        secrets: dict[str, str] | None = None,
        arguments: Sequence[str] = (),
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "models").symlink_to(models_folder())
        self.folder = folder
        self.config = folder / "config.yaml"
        self._ledger = settings.get("ledger", {}).get("url", f"sqlite:///{folder}/ledger.sqlite")
        self.log = folder / "bot.log"
        self.configure(settings)
        self.arguments = arguments
        self._environment = {**os.environ, "LOOKOUT_HOME": str(folder), **(secrets or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def configure(self, settings: dict[str, Any]) -> None:
        """Replace config.yaml at once, as an editor does."""
        fresh = self.config.with_suffix(".new")
        fresh.write_text(yaml.safe_dump(settings), encoding="utf-8")
        fresh.replace(self.config)

    def start(self) -> Self:
        """Start the bot; return at once."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [LOOKOUT, "run", "--config", self.config, *self.arguments],
                env=self._environment,
                cwd=self.folder,
                stderr=log,
            )
        return self

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def process(self) -> psutil.Process:
        """The running process."""
        assert self._process, "not started"
        return psutil.Process(self._process.pid)

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        assert self._process, "not started"
        return self._process.poll()

    def kill(self) -> None:
        """SIGKILL, as a lost node does; without effect on one that has ended."""
        assert self._process, "not started"
        self._process.kill()
        self._process.wait()

    def terminate(self, timeout_s: float) -> int:
        """SIGTERM; return the exit code."""
        assert self._process, "not started"
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout_s)

    def wait(self, timeout_s: float) -> int:
        """Return the exit code of a bot that ends by itself."""
        assert self._process, "not started"
        return self._process.wait(timeout_s)

    def status(self) -> Status:
        """Return what `lookout status --json` counts.

        Without that process: it would take a second of a processor, which the bot needs itself.
        """
        with Ledger(self._ledger) as ledger:
            return asdict(ledger.census.take())

    def told(self, command: str) -> Any:
        """Return what a `lookout` command prints with `--json`."""
        done = subprocess.run(
            [LOOKOUT, command, "--config", self.config, "--json"],
            env=self._environment,
            capture_output=True,
            check=True,
            timeout=STATUS_TIMEOUT_S,
        )
        return json.loads(done.stdout)

    def wait_for(self, what: Callable[[Status], bool], timeout_s: float) -> Status:
        """Return the first status that satisfies `what`."""
        deadline = time.monotonic() + timeout_s
        while not what(status := self.status()):
            assert time.monotonic() < deadline, f"{status}\n{self.log_text()[-4000:]}"
            time.sleep(POLL_S)
        return status

    def wait_for_log(self, text: str, timeout_s: float) -> float:
        """Return after how many seconds `text` stood in the log."""
        start = time.monotonic()
        while text not in self.log_text():
            assert time.monotonic() - start < timeout_s, self.log_text()[-4000:]
            time.sleep(POLL_S / 4)
        return time.monotonic() - start

    def ends(self) -> list[End]:
        """Return how every upload stands, straight from the database file."""
        with closing(sqlite3.connect(self.folder / "ledger.sqlite")) as ledger:
            rows = ledger.execute("SELECT log_id, title, state, verdict, reason FROM uploads")
            return [End(*row) for row in rows]

    def log_text(self) -> str:
        """Return everything the bot logged, over all its starts."""
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def memory_mib(self) -> float:
        """Return the PSS of the bot and its children."""
        total = 0
        for process in [self.process, *self.process.children(recursive=True)]:
            try:
                total += process.memory_full_info().pss
            except psutil.NoSuchProcess:
                continue
        return total / MIB


def settled(status: Status, *, seen: int) -> bool:
    """Tell whether `seen` uploads have all come to an end and all effects are had."""
    unfinished = status["states"]["waiting"] + status["states"]["leased"]
    return bool(status["seen"] == seen and not unfinished and not status["unpublished"])
