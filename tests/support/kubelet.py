"""Plays what Toolforge's Kubernetes does to a continuous job: probes, restarts, deploys, losses.

Intervals and grace as in the chart of Toolforge's jobs-api: a startup probe every second, at most
120 times; then a liveness probe every 10 s with a time-out of 5 s, of which 3 may fail in a row;
SIGKILL 15 s after SIGTERM. One replica is replaced by `Recreate`: the old one ends before the new
one begins.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import psutil

STARTUP_EVERY_S, STARTUP_FAILURES = 1.0, 120
LIVENESS_EVERY_S, LIVENESS_FAILURES, PROBE_TIMEOUT_S = 10.0, 3, 5.0
GRACE_S = 15.0
MIB = 1024 * 1024


class Kubelet:
    """Keeps one job running within its context.

    Args:
        command: The job's process, as the Procfile has it.
        probe: The health check's process.
        environment: All that both see of it.
        folder: The working directory.
        log: Where the job's standard error goes, over all its starts.
        wrapper: A command that starts another as a less mighty user.
    """

    def __init__(
        self,
        command: str,
        probe: str,
        *,
        environment: Mapping[str, str],
        folder: Path,
        log: Path,
        wrapper: Sequence[str] = (),
    ) -> None:
        self._command = [*wrapper, "bash", "-c", command]
        self._probe = [*wrapper, "bash", "-c", probe]
        self._environment = environment
        self._folder = folder
        self._log = log
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self.restarts = 0  # that nobody asked for
        self.hard_kills = 0  # of a job that did not end within its grace
        self.peak_mib = 0.0
        self.alive = False  # whether the job, as it runs now, has answered a probe
        self.alive_after_s: list[float] = []  # of each start that came so far

    def __enter__(self) -> Self:
        self._start()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watcher.join()
        self._end()

    def recreate(self) -> float:
        """Deploy: end the job, then start it anew; return the seconds its end took."""
        with self._lock:
            begun = time.monotonic()
            self._end()
            took_s = time.monotonic() - begun
            self._start()
        return took_s

    def lose_node(self) -> None:
        """Kill everything at once, then start the job elsewhere."""
        with self._lock:
            self._kill()
            self._start()

    def log_text(self) -> str:
        """Return what the job logged so far."""
        return self._log.read_text(encoding="utf-8")

    def _start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=self._environment,
                stderr=log,
                start_new_session=True,
            )
        self._started, self.alive, self._failures = time.monotonic(), False, 0
        self._probed = self._started

    def _end(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self.hard_kills += 1
        self._kill()

    def _kill(self) -> None:
        assert self._process
        with suppress(ProcessLookupError):  # nobody of the group is left
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _watch(self) -> None:
        while not self._over.wait(STARTUP_EVERY_S):
            with self._lock:
                self._measure()
                self._look()

    def _look(self) -> None:
        assert self._process
        every_s = LIVENESS_EVERY_S if self.alive else STARTUP_EVERY_S
        if self._process.poll() is not None:
            self._restart()
        elif time.monotonic() - self._probed >= every_s:
            self._probed = time.monotonic()
            self._judge(healthy=self._ask())

    def _judge(self, *, healthy: bool) -> None:
        self._failures = 0 if healthy else self._failures + 1
        if healthy and not self.alive:
            self.alive = True
            self.alive_after_s.append(time.monotonic() - self._started)
        if self._failures >= (LIVENESS_FAILURES if self.alive else STARTUP_FAILURES):
            self._restart()

    def _restart(self) -> None:
        self.restarts += 1
        self._kill()
        self._start()

    def _ask(self) -> bool:
        try:
            done = subprocess.run(
                self._probe,
                cwd=self._folder,
                env=self._environment,
                capture_output=True,
                check=False,
                timeout=PROBE_TIMEOUT_S,
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0

    def _measure(self) -> None:
        """Note the memory of the job and its children, pages that they share counted once."""
        assert self._process
        total = 0
        with suppress(psutil.NoSuchProcess):
            job = psutil.Process(self._process.pid)
            for process in [job, *job.children(recursive=True)]:
                with suppress(psutil.NoSuchProcess):
                    total += process.memory_full_info().pss
        self.peak_mib = max(self.peak_mib, total / MIB)
