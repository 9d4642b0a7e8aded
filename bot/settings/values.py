"""The kinds of value that settings are made of, and the base of every section."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

MIB = 1024 * 1024
# The only widths Wikimedia renders (https://www.mediawiki.org/wiki/Common_thumbnail_sizes).
ThumbnailWidth = Literal[250, 330, 500, 960, 1280]
Medium = Literal["image", "video", "document"]


def _http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
        raise ValueError(
            "should be a full address, such as https://commons.wikimedia.org/w/api.php"
        )
    return value


Url = Annotated[str, AfterValidator(_http_url)]
# A name and perhaps a port, as it stands in an address between `//` and `/`.
Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+(:[0-9]+)?$")]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Section(BaseModel):
    """A part of the file: strict, frozen, no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
