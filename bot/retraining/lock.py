"""One retraining at a time in a folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from model.errors import TrainingRefused
from model.files import storing

NAME: Final = ".lock"
PRIVATE: Final = 0o700  # what people decided about which file is not for everybody


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, which the kernel lets go of whenever and however the process ends.

    Raises:
        TrainingRefused: Another process holds it.
        CannotStore: The folder cannot be written to.
    """
    with storing("lock", folder):
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise TrainingRefused(
            f"Another retraining is at work in {folder}: wait until it has ended."
        ) from error
    finally:
        os.close(descriptor)
