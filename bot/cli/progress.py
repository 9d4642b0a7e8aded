"""What a person sees of long work: lines and bars on standard error; no bar where nobody looks."""

import sys
from collections.abc import Iterable
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")


def say(line: str) -> None:
    """Write a line above the bar, if there is one."""
    tqdm.write(line, file=sys.stderr)


def bar(batches: Iterable[Item], total: int, what: str) -> Iterable[Item]:
    """Yield batches with a bar that is named after what is done, and goes when it is full."""
    return tqdm(
        batches, total=total, desc=what, unit="batch", file=sys.stderr, disable=None, leave=False
    )


def files(found: Iterable[Item], total: int) -> Iterable[Item]:
    """Yield what is known of files, one each, with a bar that goes when it is full."""
    return tqdm(found, total=total, unit="file", file=sys.stderr, disable=None, leave=False)
