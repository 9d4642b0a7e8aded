"""The bytes of a video, as far as the limit goes."""

import io
import os
from pathlib import Path
from typing import Final

from model import sniff
from model.errors import Undecodable, Unsupported

HEAD_BYTES: Final = 64


class Source(io.BufferedIOBase):
    """A file that seems to end at `limit` bytes, and knows how far it has been read."""

    def __init__(self, path: Path, limit: int) -> None:
        """Open `path`.

        Raises:
            OSError: it cannot be read.
        """
        self._file = path.open("rb", buffering=0)
        self.whole_bytes: int = os.fstat(self._file.fileno()).st_size
        self.bytes: int = min(self.whole_bytes, limit)

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int | None = -1) -> bytes:
        """Return up to `size` bytes, none at the limit."""
        size = -1 if size is None else size
        left = max(0, self.bytes - self._file.tell())
        return self._file.read(left if size < 0 else min(size, left)) or b""

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place, which may lie past the end."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._file.tell(), os.SEEK_END: self.bytes}[whence]
        return self._file.seek(max(0, start + offset))

    def tell(self) -> int:
        """Return the place of the next read."""
        return self._file.tell()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()

    @property
    def is_cut(self) -> bool:
        """Whether the file is longer than the limit."""
        return self.bytes < self.whole_bytes

    @property
    def share_read(self) -> float:
        """How far into the file the last read was, 0 to 1."""
        return min(1.0, self._file.tell() / self.bytes) if self.bytes else 1.0

    def container(self) -> str:
        """Return FFmpeg's name of the one demuxer that the first bytes ask for.

        Never leave the choice to FFmpeg: some of its formats are lists of other files to open
        (https://ffmpeg.org/ffmpeg-formats.html#concat).

        Raises:
            Undecodable: an empty file.
            Unsupported: not a container read here.
        """
        self.seek(0)
        head = self.read(HEAD_BYTES)
        self.seek(0)
        if not head:
            raise Undecodable("an empty file")
        name = sniff.demuxer_name(head)
        if name is None:
            raise Unsupported(
                f"{sniff.describe(head)}; videos read here are WebM, Ogg and MPEG-1/2"
            )
        return name
