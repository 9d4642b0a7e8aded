"""Where uploads and their pictures come from."""

from urllib.parse import urlsplit

from pydantic import Field

from bot.settings.values import MIB, Host, Section, ThumbnailWidth, Url


class StreamSettings(Section):
    """Where uploads are announced."""

    url: Url = "https://stream.wikimedia.org/v2/stream/mediawiki.recentchange"
    wiki: str = Field("commonswiki", min_length=1)
    overlap_seconds: int = Field(60, ge=0, le=86_400)
    silence_seconds: int = Field(60, ge=1, le=900)
    hole_seconds: int = Field(60, ge=1, le=86_400)
    check_hours: float = Field(1.0, ge=0, le=168)


class WikiSettings(Section):
    """The wiki that is read, and written to once `publish.mode` says so."""

    api: Url = "https://commons.wikimedia.org/w/api.php"
    file_hosts: tuple[Host, ...] = Field(("upload.wikimedia.org",), min_length=1)
    contact: str = ""
    timeout_seconds: float = Field(30.0, gt=0, le=300)

    @property
    def hostname(self) -> str:
        """Host name and port of the API."""
        return urlsplit(self.api).netloc


class MediaSettings(Section):
    """How much of a file is fetched."""

    thumbnail_width: ThumbnailWidth = 500
    max_mebibytes: int = Field(20, ge=1, le=512)
    concurrent_fetches: int = Field(2, ge=1, le=8)
    stills: int = Field(5, ge=1, le=60)
    frames: int = Field(24, ge=1, le=256)
    timeout_seconds: float = Field(30.0, gt=0, le=300)
    decode_seconds: float = Field(20.0, gt=0, le=300)

    @property
    def max_bytes(self) -> int:
        """The byte limit of one fetched picture."""
        return self.max_mebibytes * MIB
