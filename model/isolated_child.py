"""The child's side of `model.isolation`.

Run as `python -m model.isolated_child SOCKET INBOX OUTBOX`, with descriptors that it inherits.
"""

import contextlib
import fcntl
import importlib
import math
import os
import resource
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from model.arena import Arena
from model.errors import LookoutError
from model.wire import Channel

# The parent is trusted; this only keeps a length gone wrong from filling the memory.
REQUEST_BYTES: Final = 2**31
# The parent kills at its deadline. This second clock is for a parent that is itself stopped.
ALARM_MARGIN_S: Final = 5.0
_STDIN: Final = 0

Handler = Callable[[Any], Any]


def main(descriptor: int, inbox: int, outbox: int) -> None:
    """Answer requests on the inherited socket, until the parent hangs up.

    Args:
        descriptor: The socket's.
        inbox: That of the arena that the parent writes to.
        outbox: That of the arena that this process writes to.
    """
    for ignored in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)  # the parent decides when this ends
    _die_with_parent()
    with contextlib.suppress(EOFError):
        end = socket.socket(fileno=descriptor)
        _serve(Channel(end, inbox=Arena(inbox, trusted=True), outbox=Arena(outbox)))


def _serve(channel: Channel) -> None:
    setup = channel.receive(max_bytes=REQUEST_BYTES)
    _limit(setup["memory_bytes"], setup["data_bytes"])
    handler: Handler | None = None
    with _reporting(channel):
        handler = _built(setup["handler"], setup["options"])
        channel.send({"result": None})
    while handler is not None:
        _serve_one(channel, handler, setup["processors"])


def _built(name: str, options: Mapping[str, Any]) -> Handler:
    module, _, factory = name.partition(":")
    handler: Handler = getattr(importlib.import_module(module), factory)(options)
    return handler


def _serve_one(channel: Channel, handler: Handler, processors: float) -> None:
    # A function, so that an idle child holds on to neither payload nor answer.
    request = channel.receive(max_bytes=REQUEST_BYTES)
    _limit_processor_time(request["timeout_s"] * processors)
    with _alarm(request["timeout_s"] + ALARM_MARGIN_S), _reporting(channel):
        channel.send({"result": handler(request["payload"])})


@contextmanager
def _reporting(channel: Channel) -> Iterator[None]:
    """Tell the parent of an error; one that nobody foresaw also ends the process."""
    try:
        yield
    except LookoutError as error:
        channel.send({"error": type(error).__name__, "message": str(error)})
    except MemoryError:
        channel.send({"died": "out of memory"})
        raise SystemExit(1) from None
    except Exception as error:
        channel.send({"died": f"{type(error).__name__}: {error}{_place(error)}"})
        raise


def _place(error: Exception) -> str:
    innermost = traceback.extract_tb(error.__traceback__)[-1]
    return f" ({innermost.filename}, line {innermost.lineno})"


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    # SIGALRM keeps its default action: the kernel ends the process even inside a C decoder.
    signal.setitimer(signal.ITIMER_REAL, seconds)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)


def _limit_processor_time(seconds: float) -> None:
    """Have the kernel end this process (SIGXCPU) when it has computed for `seconds` from now."""
    until = math.ceil(time.process_time() + seconds) + 1
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (until, most))


def _limit(memory_bytes: int | None, data_bytes: int | None) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would be a picture kept on disk
    if memory_bytes is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    if data_bytes is not None:
        resource.setrlimit(resource.RLIMIT_DATA, (data_bytes, data_bytes))


def _die_with_parent() -> None:
    """Have the kernel end this process (SIGIO) when the parent's end of stdin closes.

    Not PR_SET_PDEATHSIG: that fires when the parent's *thread* that started the child ends
    (https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html), and pools end threads.
    """
    fcntl.fcntl(_STDIN, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(_STDIN, fcntl.F_SETFL, fcntl.fcntl(_STDIN, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([_STDIN], [], [], 0)[0]:
        raise SystemExit  # it closed before the line above


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
