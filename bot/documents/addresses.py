"""Where the wiki has the pictures of a document's pages."""

import re

from bot.commons import Commons, FileInfo
from bot.errors import NotThereYet
from bot.media import page_parameter

# In the last part of the address, before the file's own name, which may say anything:
# page3-500px-…, or lossy-page3-500px-… (PagedTiffHandler).
_PAGE = re.compile(r"(.*/(?:lossy-|lossless-)?page)(\d+)(-\d+px-[^/]*)")


class Addresses:
    """Asks for the address of one page; those of the others differ from it in the number alone."""

    def __init__(self, commons: Commons, info: FileInfo, width: int) -> None:
        self._commons = commons
        self._info = info
        self._width = width
        self._parts: tuple[str, str] | None = None  # what stands before and after the number

    def at(self, page: int) -> str:
        """Return the address of a page, numbered from 1.

        Raises:
            NotThereYet: the wiki names none.
            RetryLater, Refused: as `Commons.rendition` does.
        """
        if self._parts:
            return f"{self._parts[0]}{page}{self._parts[1]}"
        return self.asked(page)

    def asked(self, page: int) -> str:
        """Return the address that the wiki itself names."""
        parameter = page_parameter(self._info, page, self._width)
        address = self._commons.rendition(self._info.title, parameter)
        if address is None:
            raise NotThereYet(f"the wiki names no picture of {self._info.title}, p. {page}")
        match = _PAGE.fullmatch(address)
        self._parts = (match[1], match[3]) if match and int(match[2]) == page else None
        return address
