"""Where things are on the wiki: pages about a file, and its picture in a size."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from bot.settings.intake import WikiSettings
from bot.web.files import page_of

NAMESPACE: Final = "File:"
# Of the steps that Wikimedia renders (https://www.mediawiki.org/wiki/Common_thumbnail_sizes).
VEILED_PX: Final = 120  # while it is blurred
CLEAR_PX: Final = 500
MOVING: Final = (".gif", ".webp", ".apng")  # its thumbnails may move by themselves


@dataclass(frozen=True, slots=True)
class Link:
    """An address with its name."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Where the wiki has a file's picture: a coarse one, and one that is clear.

    `moves` where a browser would play it, which has to be asked for.
    """

    veiled: str
    clear: str
    moves: bool


def index(wiki: WikiSettings, title: str, **parameters: str | int) -> str:
    """Return the address of a page by way of index.php, which every wiki has."""
    parts = urlsplit(wiki.api)
    path = parts.path.removesuffix("api.php") + "index.php"
    query = urlencode({"title": title.replace(" ", "_"), **parameters}, safe=":/")
    return urlunsplit((parts.scheme, parts.netloc, path, query, ""))


def picture_of(wiki: WikiSettings, title: str) -> Picture:
    """Return where the wiki leads to a file's picture.

    https://www.mediawiki.org/wiki/Help:Redirects#Special:Redirect
    """
    name = f"Special:Redirect/file/{title.removeprefix(NAMESPACE)}"
    veiled, clear = (index(wiki, name, width=width) for width in (VEILED_PX, CLEAR_PX))
    return Picture(veiled, clear, title.lower().endswith(MOVING))


def links_of(wiki: WikiSettings, title: str, user: str) -> list[Link]:
    """Return the pages on which people look after a file."""
    name, request = title.removeprefix(NAMESPACE), f"Commons:Deletion requests/{title}"
    return [
        Link("File page", page_of(title, wiki)),
        Link("History", index(wiki, title, action="history")),
        Link("Logs", index(wiki, "Special:Log", page=title)),
        Link(
            "Where it is used",
            index(wiki, "Special:GlobalUsage", target=name),
        ),
        Link("Deletion request", index(wiki, request)),
        Link("Earlier requests", index(wiki, "Special:PrefixIndex", prefix=request)),
        Link("Other uploads of the account", index(wiki, f"Special:ListFiles/{user}")),
        Link("Talk with the uploader", index(wiki, f"User talk:{user}")),
    ]
