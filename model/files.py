"""Hashing and atomic writing."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from model.errors import CannotStore


def sha256_of(path: Path) -> str:
    """Return the hexadecimal sha256 of a file, reading it in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def replacing_folder(target: Path) -> Iterator[Path]:
    """Give a temporary sibling folder that becomes `target` if the block succeeds.

    A reader sees the whole old folder or the whole new one, except for the instant between
    two renames, in which it sees none.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as scratch:
        new, old = Path(scratch, "new"), Path(scratch, "old")
        new.mkdir()
        yield new
        if target.exists():
            target.rename(old)
        new.rename(target)


@contextmanager
def replacing_file(target: Path) -> Iterator[Path]:
    """Give a temporary sibling path that becomes `target` if the block succeeds."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as scratch:
        new = Path(scratch, target.name)
        yield new
        os.replace(new, target)  # noqa: PTH105 - says that an existing file goes


@contextmanager
def storing(what: str, target: Path) -> Iterator[None]:
    """Say plainly what could not be written, if the block cannot write it.

    Raises:
        CannotStore: The disk is full, or the folder may not be written to.
    """
    try:
        yield
    except OSError as error:
        raise CannotStore(
            f"The {what} could not be written to {target}: {error.strerror or error}. What was "
            "there before is unchanged. Make room or choose another folder, then run it again."
        ) from error
