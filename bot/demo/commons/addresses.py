"""The addresses of the miniature Commons."""

import hashlib
from dataclasses import dataclass
from urllib.parse import quote

from bot.demo.commons.wiki import Version, file_name

API_PATH = "/w/api.php"
INDEX_PATH = "/w/index.php"
UPLOAD_PATH = "/upload"
ICON_PATH = "/w/resources/assets/file-type-icons/fileicon.png"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Builds absolute addresses below `base`, such as http://127.0.0.1:8080."""

    base: str

    @property
    def api(self) -> str:
        """The address of api.php."""
        return self.base + API_PATH

    @property
    def icon(self) -> str:
        """The icon of files without a picture."""
        return self.base + ICON_PATH

    def original(self, title: str, version: Version) -> str:
        """Return where a version's own bytes are."""
        if version.archive_name:
            return (
                f"{self.base}{UPLOAD_PATH}/archive/{_hashed(title)}/{quote(version.archive_name)}"
            )
        return f"{self.base}{UPLOAD_PATH}/{_hashed(title)}/{quote(file_name(title))}"

    def thumbnail(self, title: str, version: Version, thumbnail_name: str) -> str:
        """Return where a thumbnail of a version is."""
        archive = "archive/" if version.archive_name else ""
        folder = quote(version.archive_name or file_name(title))
        path = f"{UPLOAD_PATH}/thumb/{archive}{_hashed(title)}/{folder}/{quote(thumbnail_name)}"
        return self.base + path

    def transcode(self, title: str, key: str) -> str:
        """Return where a finished transcode of a video's current version is."""
        name = quote(file_name(title))
        return f"{self.base}{UPLOAD_PATH}/transcoded/{_hashed(title)}/{name}/{name}.{key}"

    def page(self, title: str) -> str:
        """Return where a file's page is."""
        return f"{self.base}/wiki/{quote(title.replace(' ', '_'), safe='/:')}"

    def short(self, page_id: int) -> str:
        """Return the short address of a page."""
        return f"{self.base}{INDEX_PATH}?curid={page_id}"


def _hashed(title: str) -> str:
    """Return the two folders MediaWiki spreads files over (`FileRepo::getHashPath`)."""
    digest = hashlib.md5(file_name(title).encode(), usedforsecurity=False).hexdigest()
    return f"{digest[0]}/{digest[:2]}"
