"""The parent's hold of one child process: its start, one question at a time, its end.

Not `multiprocessing`: its spawn adds a resource tracker process of 10 MiB, its fork copies the
parent's threads and locks, and its answers are pickles (see `model.wire`).
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from model.arena import Arena, shared_memory
from model.awaiting import in_thread
from model.errors import WorkerDied, WorkerStalled
from model.wire import Channel, Garbled

SEND_BUFFER_BYTES: Final = 2**20  # or what the kernel allows (net.core.wmem_max)
_REAP_TIMEOUT_S: Final = 10.0
_STATM_BYTES: Final = 256
# The child gets none of the parent's secrets by the environment.
_PASSED_ON: Final = frozenset({"HOME", "LANG", "LC_ALL", "LOOKOUT_HOME", "TMPDIR"})


class Child:
    """A running child process and the channel to it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        here, there = socket.socketpair()
        for end in (here, there):
            # For what is too large for an arena; by default a third of a picture fits in between.
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        with there, shared_memory() as outbox, shared_memory() as inbox:
            passed = (there.fileno(), outbox, inbox)
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, our own module
                [sys.executable, "-m", "model.isolated_child", *map(str, passed)],
                pass_fds=passed,
                stdin=subprocess.PIPE,  # never written: its closing tells the child of our end
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # libtiff prints there whatever a hostile file makes it
                env=_environment() | dict(environment),
            )
            self._channel = Channel(here, outbox=Arena(outbox), inbox=Arena(inbox))
        self._memory = os.open(f"/proc/{self._process.pid}/statm", os.O_RDONLY)  # read at each call
        self._first_resident: int | None = None
        self._timeout_s = self._deadline = 0.0
        self.calls = 0

    def ask(self, request: Any, timeout_s: float) -> bool:
        """Put a question, a plain value; tell whether the child was there to take it.

        Raises:
            WorkerStalled: It does not take the question.
        """
        self._timeout_s, self._deadline = timeout_s, time.monotonic() + timeout_s
        try:
            self._channel.send(request, deadline=self._deadline)
        except TimeoutError as error:
            raise self._stalled() from error
        except OSError:
            return False
        return True

    def ask_at_once(self, request: Any, timeout_s: float) -> bool:
        """Put a question as `ask` does if that takes no wait; tell whether it is put.

        Raises:
            WorkerStalled: The child has not read what it was asked before.
        """
        self._timeout_s, self._deadline = timeout_s, time.monotonic() + timeout_s
        try:
            return self._channel.send_at_once(request)
        except TimeoutError as error:
            raise self._stalled() from error
        except OSError:
            return False

    def answer(self, max_bytes: int) -> dict[str, Any]:
        """Return the answer to what was asked.

        Raises:
            WorkerStalled: There was none in time.
            WorkerDied: It ended, or its answer cannot be read.
        """
        try:
            reply = self._channel.receive(deadline=self._deadline, max_bytes=max_bytes)
        except TimeoutError as error:
            raise self._stalled() from error
        except Garbled as error:
            raise WorkerDied(f"unreadable answer: {error}") from error
        except (EOFError, OSError) as error:
            raise WorkerDied(self._cause_of_death()) from error
        if not isinstance(reply, dict):
            raise WorkerDied("unreadable answer: no object")
        return reply

    async def aanswer(self, max_bytes: int) -> dict[str, Any]:
        """Return what `answer` does, to an event loop, which no child can hold up."""
        try:
            whole = await self._channel.awaited(deadline=self._deadline)
        except OSError:
            whole = False  # `answer` meets the same error, and may take its time to tell the cause
        return self.answer(max_bytes) if whole else await in_thread(partial(self.answer, max_bytes))

    def has_grown(self, growth_bytes: int) -> bool:
        """Tell whether it holds on to so much more than after its first call.

        Asked right after an answer: by the next question this would be slower, out of the cache.
        """
        resident = self._resident_bytes()
        if self._first_resident is None:
            self._first_resident = resident
        return resident - self._first_resident > growth_bytes

    def kill(self) -> None:
        """End it now, and with that any question; `reap` is still due."""
        self._process.kill()

    def reap(self) -> None:
        """End it, if it has not, and give back all that it held."""
        self._process.kill()
        self._process.communicate(timeout=_REAP_TIMEOUT_S)
        self._channel.close()
        os.close(self._memory)

    def _stalled(self) -> WorkerStalled:
        return WorkerStalled(f"no answer within {self._timeout_s:g} s")

    def _resident_bytes(self) -> int:
        """Return its resident memory; 0 when it is gone."""
        with contextlib.suppress(OSError):
            pages = int(os.pread(self._memory, _STATM_BYTES, 0).split()[1])
            return pages * os.sysconf("SC_PAGE_SIZE")
        return 0

    def _cause_of_death(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=_REAP_TIMEOUT_S)
        code = self._process.returncode
        if code is not None and code < 0:
            return f"the process was ended by {signal.Signals(-code).name}"
        return f"the process ended with exit code {code}"


def _environment() -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in _PASSED_ON & os.environ.keys()}
    return passed_on | {
        "PYTHONPATH": os.pathsep.join(sys.path),
        # It starts no programs; PySceneDetect would try ffmpeg at each import, for 80 ms.
        "PATH": os.devnull,
        # OpenBLAS reserves address space for each core, which RLIMIT_AS would refuse.
        "OPENBLAS_NUM_THREADS": "1",
    }
