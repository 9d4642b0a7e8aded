"""A dispatcher and workers as processes of their own, on a MariaDB and a Redis that may die."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import yaml

from backfill.loopback import Loopback
from bot.home import models_folder
from bot.ledger import Ledger, Progress

LOOKOUT = Path(sys.executable).with_name("lookout")
POLL_S = 0.1
READY_S = 120.0
ANSWER_S = 5.0  # longest wait for the wiki; a killed worker's places are taken for 15 s more
Worker = subprocess.Popen[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """The limits of a run; see `fleet` in docs/settings.md."""

    at_once: int
    fetches: int
    calls: int
    megabits: int = 25


def settings(
    wiki: Loopback, ledger: str, redis: str, allowed: Allowed, *, shard_files: int, lease_s: int
) -> dict[str, Any]:
    """Return a config.yaml for a run: impatient, and drawings flagged."""
    host = wiki.addresses.base.removeprefix("http://")
    return {
        "wiki": {"api": wiki.addresses.api, "file_hosts": [host]},
        "media": {"timeout_seconds": ANSWER_S},
        "ledger": {"url": ledger},
        "control": {"run_page": "", "opt_out_page": ""},
        "rules": [{"name": "drawn", "labels": ["drawing"], "at_least": {"image": 0.5}}],
        "retry": {
            "attempts": 50,
            "first_pause_seconds": 0.2,
            "longest_pause_seconds": 1,
            "lease_seconds": lease_s,
        },
        "backfill": {"shard_files": shard_files, "again_seconds": 5},
        "fleet": {
            "redis": redis,
            "fetches_at_once": allowed.at_once,
            "fetches_per_second": allowed.fetches,
            "calls_per_second": allowed.calls,
            "megabits_per_second": allowed.megabits,
        },
    }


@dataclass
class Fleet:
    """Runs `lookout backfill` in as many processes as it is told to."""

    folder: Path
    config: dict[str, Any]
    processes: list[Worker] = field(default_factory=list)
    kills: int = 0
    redis_losses: int = 0
    started: int = 0

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._config = self.folder / "config.yaml"
        self._config.write_text(yaml.safe_dump(self.config), encoding="utf-8")
        self.ledger = Ledger(self.config["ledger"]["url"])
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            _kill(process)
        self.ledger.close()

    def ask(self) -> None:
        """Note a backfill of all files."""
        command = [str(LOOKOUT), "backfill", "--allimages", "--config", str(self._config)]
        subprocess.run(command, env=self._environment(), check=True, capture_output=True)

    def dispatch(self) -> None:
        """Start the dispatcher."""
        self._start("dispatch")

    def work(self, count: int) -> list[Worker]:
        """Start workers, and return when their models are loaded."""
        ready = self.said("backfill.ready")
        workers = [self._start("work") for _ in range(count)]
        self.until(lambda: self.said("backfill.ready") >= ready + count, READY_S)
        return workers

    def kill(self, worker: Worker) -> None:
        """SIGKILL a worker with its children, as when its node is lost."""
        _kill(worker)
        self.processes.remove(worker)
        self.kills += 1

    def replace(self, working: list[Worker]) -> None:
        """Kill one of the workers, and start another without waiting for it."""
        self.kill(working.pop(0))
        working.append(self._start("work"))

    def progress(self) -> Progress:
        """Return how far the backfill is."""
        return self.ledger.backfills.progress()[0]

    def until(self, true: Callable[[], bool], longest_s: float) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + longest_s
        while not true():
            assert time.monotonic() < deadline, f"{self.progress()}\n{self.log_text()[-6000:]}"
            time.sleep(POLL_S)

    def until_finished(self, contents: int, longest_s: float) -> None:
        """Wait until so many contents are finished."""
        self.until(lambda: self.progress().finished >= contents, longest_s)

    def log_text(self) -> str:
        """Return what all processes logged."""
        return "".join(path.read_text(encoding="utf-8") for path in self._logs())

    def said(self, event: str) -> int:
        """Return how often an event stands in the logs."""
        return self.log_text().count(event)

    def _logs(self) -> Sequence[Path]:
        return sorted(self.folder.glob("*.log"))

    def _start(self, action: str) -> Worker:
        self.started += 1
        with (self.folder / f"{self.started:03}-{action}.log").open("wb") as log:
            process = subprocess.Popen(
                [LOOKOUT, "backfill", action, "--config", self._config],
                env=self._environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def _environment(self) -> dict[str, str]:
        ours = {k: v for k, v in os.environ.items() if not k.startswith("LOOKOUT_")}
        return {
            **ours,
            "LOOKOUT_HOME": str(self.folder),
            "LOOKOUT_MODELS": str(models_folder()),
            "OMP_NUM_THREADS": "1",
        }


def _kill(process: Worker) -> None:
    with suppress(ProcessLookupError):  # nobody of the group is left
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
