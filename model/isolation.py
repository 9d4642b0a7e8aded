"""Work on untrusted bytes in a process apart, so that a crash, a hang or a bomb costs one file.

with IsolatedWorker("model.decoder:serve", options={}, limits=ProcessLimits()) as worker:
    answer = worker.call(data, timeout_s=20)
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Self

from model import errors
from model.awaiting import in_thread
from model.child import Child
from model.errors import LookoutError, Never, NotYet, RetryLater, WorkerDied

START_TIMEOUT_S: Final = 60.0
MESSAGE_CHARACTERS: Final = 500  # of an error; it goes into logs and the ledger
# What a payload can be the cause of. Stop is not: else a taken-over child could halt the bot.
_OF_A_CALL: Final = (RetryLater, NotYet, Never)


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
        self._child: Child | None = None
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
        with self._turn, self._discarding():
            child = self._child_asked(_request(payload, timeout_s), timeout_s)
            reply = child.answer(self._limits.answer_bytes)
            self._count(child, reply)
        return _result(reply, believed=_OF_A_CALL)

    async def acall(self, payload: Any, *, timeout_s: float) -> Any:
        """Return what `call` does, to an event loop.

        A thread waits for it where the child has to start, or answers somebody else, or where
        payload or answer are larger than what the two processes share. Cancelling ends the child.

        Raises:
            RetryLater, NotYet, Never, Stop, WorkerDied, ValueError: as `call` does.
        """
        in_turn = partial(self.call, payload, timeout_s=timeout_s)
        if not self._turn.acquire(blocking=False):
            return await in_thread(in_turn)
        try:
            with self._discarding():
                reply = await self._answered_to(payload, timeout_s)
        finally:
            self._turn.release()
        return await in_thread(in_turn) if reply is None else _result(reply, believed=_OF_A_CALL)

    def close(self) -> None:
        """End the child now, even in the middle of another thread's call."""
        self._closed = True
        child = self._child
        if child is not None:
            child.kill()
        with self._turn:
            self._discard()

    def _child_asked(self, request: Any, timeout_s: float) -> Child:
        child = self._ready_child()
        if not child.ask(request, timeout_s):  # it has ended since its last answer
            self._discard()
            child = self._ready_child()
            child.ask(request, timeout_s)  # if this one ends at once, its answer tells why
        return child

    async def _answered_to(self, payload: Any, timeout_s: float) -> dict[str, Any] | None:
        """Return a reply; None if there is no child that can be asked without a wait."""
        child = self._child
        if child is None or self._closed:
            return None
        if not child.ask_at_once(_request(payload, timeout_s), timeout_s):
            return None
        reply = await child.aanswer(self._limits.answer_bytes)
        self._count(child, reply)
        return reply

    def _ready_child(self) -> Child:
        if self._closed:
            raise ValueError("call on a closed IsolatedWorker")
        if self._child is None:
            self._child = Child(self._limits.environment)
            self._child.ask(self._setup, START_TIMEOUT_S)
            reply = self._child.answer(self._limits.answer_bytes)
            _result(reply, believed=(LookoutError,))
        return self._child

    def _count(self, child: Child, reply: Mapping[str, Any]) -> None:
        """Have a fresh child take over when this one has died, or answered or grown enough."""
        limits = self._limits
        child.calls += 1
        enough = child.calls >= limits.calls_before_recycling
        if "died" in reply or enough or child.has_grown(limits.growth_bytes):
            self._discard()

    @contextmanager
    def _discarding(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._discard()  # else its late answer would be taken for the next call's
            raise

    def _discard(self) -> None:
        if self._child is not None:
            self._child.reap()
            self._child = None


def _request(payload: Any, timeout_s: float) -> dict[str, Any]:
    return {"payload": payload, "timeout_s": timeout_s}


def _result(reply: Mapping[str, Any], *, believed: tuple[type[LookoutError], ...]) -> Any:
    """Return what the child answered, or raise the error it names if that is one of `believed`."""
    if "result" in reply:
        return reply["result"]
    kind = getattr(errors, str(reply.get("error")), None)
    if isinstance(kind, type) and issubclass(kind, believed):
        raise kind(str(reply.get("message"))[:MESSAGE_CHARACTERS])
    cause = reply.get("died", f"unreadable answer: error {reply.get('error')!r}")
    raise WorkerDied(str(cause)[:MESSAGE_CHARACTERS])
