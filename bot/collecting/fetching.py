"""Files wanted → a labelled folder of their thumbnails, with licence and author of each."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Final, Self
from urllib.parse import urlsplit

from bot.collecting.waiting import Waiting
from bot.collecting.wanted import Wanted
from bot.commons import TITLES_PER_REQUEST, Commons, FileInfo
from bot.config import Settings
from bot.credits import Credit
from bot.errors import NetworkFault, Never, NotYet, Unreachable
from bot.identity import user_agent
from bot.media import Fetcher, sources
from bot.patience import Patience
from model.training.dataset.collection import Collection
from model.training.dataset.entry import Labelled

NO_CREDIT: Final = Credit("", "")
Found = tuple[Wanted, FileInfo | None, Credit]
Progress = Callable[[Iterable[Found], int], Iterable[Found]]
"""Passes on what it is given, of the given length, and shows how far it has come."""


@dataclass(slots=True)
class Collected:
    """What a labelled folder holds now, and why the rest is not there.

    Attributes:
        folder: Where it is.
        pictures: What it holds, by path.
        fetched: How many are new; the others were there.
        removed: Pictures that are no longer wanted, or no longer on the wiki.
        left_out: How many files have no picture here, by reason.
    """

    folder: Path
    pictures: dict[Path, Labelled] = field(default_factory=dict)
    fetched: int = 0
    removed: int = 0
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def unlicensed(self) -> int:
        """Pictures whose page states no licence."""
        return sum(not picture.licence for picture in self.pictures.values())


class Collector:
    """Fetches pictures to learn from: politely, one request at a time. A context manager.

    Args:
        settings: Name wiki, file hosts, thumbnail width and limits.
        say: Told of pauses.
        sleep: Lets so many seconds pass.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        say: Callable[[str], None],
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        agent, patience = user_agent(settings.wiki.contact), Patience()
        width = settings.media.thumbnail_width
        self.commons = Commons(settings.wiki, user_agent=agent, width=width, patience=patience)
        self.waiting = Waiting(say, sleep)
        self._settings = settings
        self._fetcher = Fetcher(settings.wiki, settings.media, user_agent=agent, patience=patience)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.commons.close()

    def collect(
        self,
        wanted: Sequence[Wanted],
        folder: Path,
        *,
        progress: Progress = lambda found, _: found,
    ) -> Collected:
        """Fill a labelled folder, which a data set is built from; go on with what is there.

        Files that are gone from the wiki, or have another version by now, are left out, and
        pictures of them that lie in the folder are removed.

        Args:
            wanted: The files, each under its label.
            folder: Filled; see `model.training.dataset.collection`.
            progress: Shows how far it has come.

        Raises:
            RetryLater: The wiki gives no answer. What was fetched stays: call this again.
            Refused: It does not accept the requests.
            CannotStore: There is no room.
        """
        collection = Collection(folder.resolve())
        collected = Collected(collection.folder)
        for one, info, credit in progress(self._described(wanted), len(wanted)):
            if info is None or (one.sha1 and info.sha1 != one.sha1):
                collected.left_out["gone" if info is None else "another version"] += 1
            else:
                self._add(one, info, credit, collection, collected)
        collected.removed = collection.finish(list(collected.pictures.values()))
        return collected

    def _described(self, wanted: Iterable[Wanted]) -> Iterator[Found]:
        rest = iter(wanted)
        while batch := list(islice(rest, TITLES_PER_REQUEST)):
            titles = list(dict.fromkeys(one.title for one in batch))
            files = self.waiting.ask(partial(self.commons.files, titles))
            stated = self.waiting.ask(partial(self.commons.credits, titles))
            for one in batch:
                yield one, files.get(one.title), stated.get(one.title, NO_CREDIT)

    def _add(
        self,
        one: Wanted,
        info: FileInfo,
        credit: Credit,
        collection: Collection,
        collected: Collected,
    ) -> None:
        """Have one file's picture in the folder, or count why not."""
        if info.medium != "image":
            collected.left_out[f"a {info.medium}" if info.medium else "no picture"] += 1
            return
        try:
            (source,) = sources(info, self._settings.media)
            place = collection.place(one.label, info.sha1, _suffix(source.address))
            if not place.exists():
                collection.store(place, self._fetch(source.address))
                collected.fetched += 1
        except (Never, NotYet):
            collected.left_out["no thumbnail"] += 1
        except Unreachable:
            raise
        except NetworkFault:
            collected.left_out["cannot be fetched"] += 1
        else:
            collected.pictures[place] = _labelled(one, info, credit, place)

    def _fetch(self, address: str) -> bytes:
        return self.waiting.ask(partial(self._fetcher.fetch, address))


def _labelled(one: Wanted, info: FileInfo, credit: Credit, place: Path) -> Labelled:
    return Labelled(
        path=str(place),
        label=one.label,
        source=one.source,
        uploader=one.uploader or info.user,
        tags=one.tags,
        licence=credit.licence,
        author=credit.author,
        page=info.page,
        weight=one.weight,
    )


def _suffix(address: str) -> str:
    return PurePosixPath(urlsplit(address).path).suffix.lower()
