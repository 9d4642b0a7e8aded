"""Work on untrusted bytes in a process apart, so that a crash, a hang or a bomb costs one file.

    with IsolatedWorker("model.decoder:serve", options={}, limits=ProcessLimits()) as worker:
        answer = worker.call(data, timeout_s=20)

Not `multiprocessing`: its spawn adds a resource tracker process of 10 MiB, its fork copies the
parent's threads and locks, and its answers are pickles (see `model.wire`).
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from model import errors
from model.arena import Arena, shared_memory
from model.errors import LookoutError, Never, NotYet, RetryLater, WorkerDied, WorkerStalled
from model.wire import Channel, Garbled

START_TIMEOUT_S: Final = 60.0
SEND_BUFFER_BYTES: Final = 2**20  # or what the kernel allows (net.core.wmem_max)
MESSAGE_CHARACTERS: Final = 500  # of an error; it goes into logs and the ledger
_REAP_TIMEOUT_S: Final = 10.0
_STATM_BYTES: Final = 256
# What a payload can be the cause of. Stop is not: else a taken-over child could halt the bot.
_OF_A_CALL: Final = (RetryLater, NotYet, Never)
# The child gets none of the parent's secrets by the environment.
_PASSED_ON: Final = frozenset({"HOME", "LANG", "LC_ALL", "LOOKOUT_HOME", "TMPDIR"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessLimits:
    """What the child process may use.

    Attributes:
        memory_bytes: address space (RLIMIT_AS); None where a library reserves far more than it
            uses, as torch does.
        data_bytes: memory of its own that it can write to (RLIMIT_DATA); None for no limit.
        processors: kept busy over the whole time-out of a call; more processor time than that
            ends the child (RLIMIT_CPU).
        growth_bytes: resident memory beyond that after its first call, from which on a fresh child
            takes over.
        calls_before_recycling: answers after which a fresh child takes over, against leaks.
        answer_bytes: largest answer the parent accepts.
        environment: variables for the child alone.
    """

    memory_bytes: int | None = 2**30
    data_bytes: int | None = None
    processors: float = 1.0
    growth_bytes: int = 2**26
    calls_before_recycling: int = 1_000
    answer_bytes: int = 2**28
    environment: Mapping[str, str] = field(default_factory=dict)


class _Child:
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
        self.calls = 0

    def ask(self, request: Any, timeout_s: float, answer_bytes: int) -> dict[str, Any]:
        deadline = time.monotonic() + timeout_s
        try:
            self._channel.send(request, deadline=deadline)
            reply = self._channel.receive(deadline=deadline, max_bytes=answer_bytes)
        except TimeoutError as error:
            raise WorkerStalled(f"no answer within {timeout_s:g} s") from error
        except Garbled as error:
            raise WorkerDied(f"unreadable answer: {error}") from error
        except (EOFError, OSError) as error:
            raise WorkerDied(self._cause_of_death()) from error
        if not isinstance(reply, dict):
            raise WorkerDied("unreadable answer: no object")
        return reply

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def has_grown(self, growth_bytes: int) -> bool:
        """Tell whether it holds on to so much more than after its first call."""
        if not self.calls:
            return False
        resident = self._resident_bytes()
        if self._first_resident is None:
            self._first_resident = resident
        return resident - self._first_resident > growth_bytes

    def kill(self) -> None:
        self._process.kill()

    def reap(self) -> None:
        self._channel.close()
        os.close(self._memory)
        self._process.kill()
        self._process.communicate(timeout=_REAP_TIMEOUT_S)

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


class IsolatedWorker:
    """One child process that answers calls one at a time. Safe to share between threads."""

    def __init__(self, handler: str, *, options: Mapping[str, Any], limits: ProcessLimits) -> None:
        """Remember what to start; the child starts with the first call.

        Args:
            handler: "module:factory"; the child imports it and calls the factory with `options`.
                What it returns is called with every payload.
            options: plain values, see `model.wire`.
            limits: what the child may use.
        """
        self._setup = {
            "handler": handler,
            "options": dict(options),
            "memory_bytes": limits.memory_bytes,
            "data_bytes": limits.data_bytes,
            "processors": limits.processors,
        }
        self._limits = limits
        self._turn = threading.Lock()
        self._child: _Child | None = None
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, payload: Any, *, timeout_s: float) -> Any:
        """Return the handler's answer to a plain `payload`; tuples in it come back as lists.

        Raises:
            RetryLater, NotYet, Never: the handler's own error, same class and message.
            Stop: the factory's own error when the child started.
            WorkerDied: it crashed, raised anything else, ran out of memory or of time.
            ValueError: after `close`.
        """
        with self._turn:
            child = self._ready_child()
            reply = self._ask(child, {"payload": payload, "timeout_s": timeout_s}, timeout_s)
            child.calls += 1
            if child.calls >= self._limits.calls_before_recycling:
                self._discard()
        return _result(reply, believed=_OF_A_CALL)

    def close(self) -> None:
        """End the child now, even in the middle of another thread's call."""
        self._closed = True
        child = self._child
        if child is not None:
            child.kill()
        with self._turn:
            self._discard()

    def _ready_child(self) -> _Child:
        if self._closed:
            raise ValueError("call on a closed IsolatedWorker")
        if self._child is not None and self._is_fit(self._child):
            return self._child
        self._discard()
        self._child = _Child(self._limits.environment)
        reply = self._ask(self._child, self._setup, START_TIMEOUT_S)
        if "result" not in reply:
            self._discard()
        _result(reply, believed=(LookoutError,))
        return self._child

    def _is_fit(self, child: _Child) -> bool:
        return child.is_alive() and not child.has_grown(self._limits.growth_bytes)

    def _ask(self, child: _Child, request: Any, timeout_s: float) -> dict[str, Any]:
        try:
            reply = child.ask(request, timeout_s, self._limits.answer_bytes)
        except BaseException:
            self._discard()  # else its late answer would be taken for the next call's
            raise
        if "died" in reply:
            self._discard()
        return reply

    def _discard(self) -> None:
        if self._child is not None:
            self._child.reap()
            self._child = None


def _environment() -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in _PASSED_ON & os.environ.keys()}
    return passed_on | {
        "PYTHONPATH": os.pathsep.join(sys.path),
        # It starts no programs; PySceneDetect would try ffmpeg at each import, for 80 ms.
        "PATH": os.devnull,
        # OpenBLAS reserves address space for each core, which RLIMIT_AS would refuse.
        "OPENBLAS_NUM_THREADS": "1",
    }


def _result(reply: Mapping[str, Any], *, believed: tuple[type[LookoutError], ...]) -> Any:
    """Return what the child answered, or raise the error it names if that is one of `believed`."""
    if "result" in reply:
        return reply["result"]
    kind = getattr(errors, str(reply.get("error")), None)
    if isinstance(kind, type) and issubclass(kind, believed):
        raise kind(str(reply.get("message"))[:MESSAGE_CHARACTERS])
    cause = reply.get("died", f"unreadable answer: error {reply.get('error')!r}")
    raise WorkerDied(str(cause)[:MESSAGE_CHARACTERS])
