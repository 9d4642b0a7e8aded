"""Pictures that a request names: by a file's title on the wiki, or by a Wikimedia address."""

import re
from collections.abc import Sequence
from typing import Final

from bot.commons import Commons, FileInfo
from bot.config import Settings
from bot.errors import NothingToScore, NotThereYet, Refused
from bot.guard import PublicOnly, Resolve, resolve
from bot.identity import user_agent
from bot.media import Fetcher, Source, sources
from bot.videos.places import clock, second_of

# https://www.mediawiki.org/wiki/Manual:$wgLegalTitleChars; a `|` would name several files.
ILLEGAL: Final = re.compile(r"[\x00-\x1f\x7f#<>\[\]|{}]")
LONGEST_TITLE: Final = 255  # bytes
NAMESPACE: Final = "File:"

Pictures = Sequence[tuple[Source, bytes]]


def title_of(text: str) -> str:
    """Return a file's title as the wiki spells it.

    Raises:
        Refused: no title can look like this.
    """
    name = text.replace("_", " ").strip()
    name = name.removeprefix(NAMESPACE).strip()
    if not name or ILLEGAL.search(name) or len(name.encode()) > LONGEST_TITLE:
        raise Refused("a title looks like File:Example.jpg")
    return f"{NAMESPACE}{name[0].upper()}{name[1:]}"


class Wikimedia:
    """Fetches pictures from the configured hosts alone. Safe to share between threads."""

    def __init__(self, settings: Settings, look_up: Resolve = resolve) -> None:
        """Connect to nothing yet; names are looked up by `look_up`."""
        wiki, agent = settings.wiki, user_agent(settings.wiki.contact)
        self._media = settings.media
        self.commons = Commons(wiki, user_agent=agent, width=settings.media.thumbnail_width)
        guard = PublicOnly((wiki.hostname, *wiki.file_hosts), look_up)
        self.fetcher = Fetcher(wiki, settings.media, user_agent=agent, adapter=guard)

    def by_title(self, title: str) -> Pictures:
        """Return what shows a file: its thumbnail, or several pages of a document.

        Raises:
            NotThereYet: there is no such file.
            Never: it has no picture, or it is a video.
            RetryLater: the wiki is busy or out of reach.
        """
        info = self._file(title)
        if info.medium == "video":
            raise NothingToScore("video", f"{info.title} is a video: POST /v1/classify/video")
        wanted = sources(info, self._media)
        return [(source, self._fetch(info.title, source)) for source in wanted]

    def by_moment(self, title: str, place: str) -> Pictures:
        """Return what shows a moment of a video: the wiki's stills of its second and the next.

        A place such as `0:12` leaves out where in that second the moment is.

        Raises:
            NotThereYet: there is no such file, or no still of it.
            Refused: that is no moment of it.
            RetryLater: the wiki is busy or out of reach.
        """
        info, second = self._file(title), second_of(place)
        last = max(1, int(info.duration)) - 1  # MediaWiki renders no still of what is left over
        if info.medium != "video" or second is None or second > last + 1:
            raise Refused(f"{place!r} is no moment of {info.title}, as it is now")
        seconds = sorted({min(second, last), min(second + 1, last)})
        wanted = [self._still(at) for at in seconds]
        return [(source, self._fetch(info.title, source)) for source in wanted]

    def by_address(self, address: str) -> Pictures:
        """Return the picture behind an address.

        Raises:
            Refused: not on the configured hosts, or no picture.
            NotThereYet: there is none.
            RetryLater: the host is busy or out of reach.
        """
        return [(Source(address=address), self.fetcher.fetch(address))]

    def close(self) -> None:
        """Let go of the connection."""
        self.commons.close()

    def _file(self, title: str) -> FileInfo:
        asked = title_of(title)
        info = self.commons.files([asked]).get(asked)
        if info is None:
            raise NotThereYet(f"{asked} is not a file on this wiki")
        return info

    def _still(self, second: int) -> Source:
        width = self._media.thumbnail_width
        return Source(parameter=f"{width}px-seek={second}", place=clock(second))

    def _fetch(self, title: str, source: Source) -> bytes:
        address = source.address or self.commons.rendition(title, source.parameter)
        if address is None:
            raise NotThereYet(f"the wiki names no picture of {title}, {source.place}")
        return self.fetcher.fetch(address)
