"""Files that only this account may read, and nobody else may have written."""

from pathlib import Path

from bot.errors import ConfigInvalid

PRIVATE = 0o700
SECRET = 0o600
WRITABLE_BY_OTHERS = 0o022


def make_private(folder: Path, *names: str) -> None:
    """Make a folder that is ours alone.

    Raises:
        ConfigInvalid: others could write it, or one of the files named: they could have had our
            password and our edits sent elsewhere.
    """
    folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    for path in (folder, *(folder / name for name in names)):
        if path.exists() and path.stat().st_mode & WRITABLE_BY_OTHERS:
            raise ConfigInvalid(
                f"{path} can be written by others, who may have changed it. Look at it, then make "
                f"it private: chmod go-w {path}"
            )
    folder.chmod(PRIVATE)


def write_secret(path: Path, text: str) -> None:
    """Write a file for our eyes only."""
    path.unlink(missing_ok=True)
    path.touch(mode=SECRET)
    path.write_text(text, encoding="utf-8")
