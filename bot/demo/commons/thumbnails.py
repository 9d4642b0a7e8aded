"""Thumbnails: which sizes there are, what they are called, and making one in memory."""

import io
import re
from dataclasses import dataclass

import cv2
from PIL import Image, UnidentifiedImageError

from bot.demo.commons.formats import MS_PER_S, Format, document_pages, opened_video

# $wgThumbnailSteps in Wikimedia's CommonSettings.php; upload.wikimedia.org refuses other widths.
# https://www.mediawiki.org/wiki/Common_thumbnail_sizes
STEPS = (20, 40, 60, 120, 250, 330, 500, 960, 1280, 1920, 3840)
ICON_SIZE = 120
_NAMED = re.compile(
    r"(?:page(?P<page>\d+)-)?(?P<width>\d+)px-(?:(?:seek=(?P<seek>\d+(?:\.\d+)?))?-)?"
)
_BITMAP_PARAMETER = re.compile(r"(?P<width>\d+)px")
_PAGE_PARAMETER = re.compile(r"page(?P<page>\d+)-(?P<width>\d+)px")
_SEEK_PARAMETER = re.compile(r"(?:mid|(?P<width>\d+)px-?)?(?:seek=(?P<seek>[\d.]+))?")


class Unrenderable(ValueError):
    """The thumbnailer failed on this file."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One thumbnail of a file: `width` pixels, of a 1-based `page`, at `seek` seconds."""

    width: int
    page: int | None = None
    seek: str | None = None

    def size(self, of: Format) -> tuple[int, int]:
        """Return width and height in pixels, the height rounded as `File::scaleHeight` does."""
        return self.width, int(of.height * self.width / of.width + 0.5)

    def file_name(self, original: str, of: Format) -> str:
        """Return the last part of the thumbnail's address."""
        if of.mediatype == "VIDEO":
            moment = f"seek={self.seek}" if self.seek else ""
            return f"{self.width}px-{moment}-{original}.jpg"
        if of.mediatype == "OFFICE":
            return f"page{self.page or 1}-{self.width}px-{original}.jpg"
        return f"{self.width}px-{original}"


def standard(variant: Variant, of: Format) -> Variant | None:
    """Return the variant Wikimedia serves for the one asked for, or None: the original itself.

    Widths are raised to the next step; a video is never enlarged, so its width goes down.
    """
    raised = next((step for step in STEPS if step >= variant.width), STEPS[-1])
    if of.mediatype == "VIDEO":
        lowered = max(step for step in STEPS if step <= of.width)
        raised = min(raised, lowered)
    elif of.mediatype == "BITMAP" and raised >= of.width:
        return None
    return Variant(raised, variant.page, variant.seek)


def parse_parameter(text: str, of: Format) -> Variant | None:
    """Read `iiurlparam` as the file's media handler does; None when it is not understood."""
    pattern = {"OFFICE": _PAGE_PARAMETER, "VIDEO": _SEEK_PARAMETER}.get(
        of.mediatype, _BITMAP_PARAMETER
    )
    match = pattern.fullmatch(text)
    return _variant(match) if match else None


def parse_file_name(text: str) -> Variant | None:
    """Read the last part of a thumbnail's address; None when it is none."""
    match = _NAMED.match(text)
    return _variant(match) if match else None


def render(content: bytes, of: Format, variant: Variant) -> bytes:
    """Return the encoded thumbnail: JPEG for video and documents, else the file's own format.

    Raises:
        Unrenderable: the file is damaged.
    """
    try:
        picture, encoding = _picture(content, of, variant)
        encoded = io.BytesIO()
        picture.resize(variant.size(of), Image.Resampling.LANCZOS).save(encoded, encoding)
    except (OSError, UnidentifiedImageError) as error:
        raise Unrenderable(f"cannot scale this {of.mime} file: {error}") from error
    return encoded.getvalue()


def icon() -> bytes:
    """Return the 120 px icon MediaWiki shows for a file that has no picture."""
    encoded = io.BytesIO()
    Image.new("RGBA", (ICON_SIZE, ICON_SIZE), "#54595d").save(encoded, "PNG")
    return encoded.getvalue()


def _variant(match: re.Match[str]) -> Variant:
    found = match.groupdict()
    page = found.get("page")
    return Variant(int(found["width"] or 0), int(page) if page else None, found.get("seek"))


def _picture(content: bytes, of: Format, variant: Variant) -> tuple[Image.Image, str]:
    if of.mediatype == "VIDEO":
        return _still(content, of, variant.seek), "JPEG"
    if of.mediatype == "OFFICE":
        pages = document_pages(content)
        page = min(max(variant.page or 1, 1), len(pages))
        return Image.open(io.BytesIO(pages[page - 1])), "JPEG"
    image = Image.open(io.BytesIO(content))
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return image.convert(mode), image.format or ""


def _still(content: bytes, of: Format, seek: str | None) -> Image.Image:
    """Return the frame at `seek` seconds, by default the middle, at most one second before the end.

    https://gerrit.wikimedia.org/g/mediawiki/extensions/TimedMediaHandler, TimedMediaThumbnail.php
    """
    length = of.seconds or 0.0
    moment = min(float(seek), max(length - 1, 0)) if seek else length / 2
    with opened_video(content) as video:
        video.set(cv2.CAP_PROP_POS_MSEC, moment * MS_PER_S)
        found, frame = video.read()
    if not found:
        raise Unrenderable(f"no frame at {moment} s")
    return Image.fromarray(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))
