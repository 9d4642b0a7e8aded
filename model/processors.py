"""How many processors this process may keep busy."""

import math
import os
from pathlib import Path
from typing import Final

QUOTA: Final = Path("/sys/fs/cgroup/cpu.max")
"""Quota and period in microseconds, or `max`: https://docs.kernel.org/admin-guide/cgroup-v2.html"""


def available(quota: Path = QUOTA) -> int:
    """Return the processors of this process's affinity, no more than its cgroup pays for.

    A container that is given one processor sees all of its machine's.
    """
    mine = len(os.sched_getaffinity(0))
    try:
        most, period = quota.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return mine
    if most == "max":
        return mine
    return max(1, min(mine, math.ceil(int(most) / int(period))))
