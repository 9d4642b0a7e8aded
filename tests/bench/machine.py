"""What the figures were measured on, and the processor time of other processes."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil
import torch

SCHEDULER_CLOCK = 2  # CPUCLOCK_SCHED of linux/posix-timers.h


def describe() -> str:
    """Return date, processor, cores and torch."""
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {_processor()}, {os.cpu_count()} cores, "
        f"torch {torch.__version__}"
    )


def load() -> str:
    """Return the time and how many processes wanted a core over the last minute, on average."""
    last_minute, *_ = os.getloadavg()
    return f"{datetime.now(UTC):%H:%M} UTC, load {last_minute:.1f}"


def processor_seconds(*processes: psutil.Process) -> float:
    """Return the processor time that processes and all that came of them have used, in seconds.

    Of ended descendants only those count whose parent has waited for them, as ours do.
    """
    total = 0.0
    for process in processes:
        ended = process.cpu_times()
        total += ended.children_user + ended.children_system
        total += sum(seconds_of(each) for each in [process, *process.children(recursive=True)])
    return total


def seconds_of(process: psutil.Process) -> float:
    """Return the processor time that a running process has used, in seconds."""
    # The kernel's clock of another process, to the nanosecond, where /proc counts in 10 ms:
    # https://man7.org/linux/man-pages/man3/clock_getcpuclockid.3.html
    return time.clock_gettime((~process.pid << 3) | SCHEDULER_CLOCK)


def own_and_children_seconds() -> float:
    """Return the processor time of this process and its children, in seconds."""
    return processor_seconds(psutil.Process())


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return os.uname().machine
