"""Waits for another process on an event loop, without a thread in between where that can be.

A thread that waits has to be woken, and then has to wake the loop: on an idle machine each costs
some tenths of a millisecond.
"""

import asyncio
import math
import socket
import time
from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

T = TypeVar("T")


async def readable(end: socket.socket, *, deadline: float) -> bool:
    """Wait until something has come, or `deadline`, a `time.monotonic()` moment; tell which."""
    loop = asyncio.get_running_loop()
    come = asyncio.Event()
    loop.add_reader(end, come.set)
    try:
        async with asyncio.timeout(max(0.0, deadline - time.monotonic())):
            await come.wait()
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(end)
    return True


async def in_thread(wait: Callable[[], T]) -> T:
    """Return what a function returns that waits for a process.

    When this is cancelled, the thread is left to itself: it ends when that process does, and
    neither the loop nor another call waits for it until then.
    """
    unbounded = CapacityLimiter(math.inf)
    return await to_thread.run_sync(wait, abandon_on_cancel=True, limiter=unbounded)
