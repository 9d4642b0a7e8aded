"""How `lookout serve` answers, and what it refuses."""

from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.settings.values import MIB, Section, Url


def _network(value: str) -> str:
    ip_network(value)
    return value


# An address, or a network such as 192.168.0.0/16.
Network = Annotated[str, AfterValidator(_network)]


class ServeSettings(Section):
    """The REST API: where it listens, and what one request and one client may cost."""

    host: str = Field("127.0.0.1", pattern=r"^[A-Za-z0-9.:-]+$")
    port: int = Field(8080, ge=0, le=65_535)  # 0: any that is free
    max_mebibytes: int = Field(40, ge=1, le=512)
    held_mebibytes: int = Field(160, ge=1, le=4096)
    max_files: int = Field(16, ge=1, le=100)
    queue: int = Field(64, ge=1, le=4096)
    video_jobs: int = Field(4, ge=1, le=100)
    small_video_mebibytes: int = Field(2, ge=0, le=512)
    decoders: int = Field(2, ge=1, le=32)
    batch: int = Field(8, ge=1, le=64)
    alone_threads: int = Field(2, ge=1, le=64)  # never more than there are processors
    seconds: float = Field(60.0, gt=0, le=600)
    body_seconds: float = Field(60.0, gt=0, le=600)
    per_minute: int = Field(120, ge=0, le=100_000)  # 0: no limit
    trusted_proxies: tuple[Network, ...] = ()
    origins: tuple[Url, ...] = ("https://commons.wikimedia.org",)
    public_read: bool = True
    explicit: tuple[str, ...] = Field(("porn", "hentai"), min_length=1)

    @property
    def max_bytes(self) -> int:
        """The byte limit of one request's body."""
        return self.max_mebibytes * MIB

    @property
    def held_bytes(self) -> int:
        """The byte limit of all bodies that are held at once."""
        return self.held_mebibytes * MIB
