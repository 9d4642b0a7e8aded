"""What MediaWiki records of a file's format when it is uploaded."""

import io
import tempfile
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

import cv2
from PIL import Image, ImageSequence

MediaType = Literal["BITMAP", "AUDIO", "VIDEO", "OFFICE"]
JPEG_START = b"\xff\xd8\xff"
JPEG_END = b"\xff\xd9\nendstream"
MS_PER_S = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """The columns of MediaWiki's image table that tell a file's kind and size in pixels."""

    mime: str
    mediatype: MediaType
    width: int = 0
    height: int = 0
    seconds: float | None = None
    pages: int | None = None

    @property
    def thumbnail_mime(self) -> str:
        """The type of its thumbnails: a bitmap keeps its own."""
        return self.mime if self.mediatype == "BITMAP" else "image/jpeg"


def describe(name: str, content: bytes) -> Format:
    """Return the format of a file by its extension, as MediaWiki's upload check would.

    Raises:
        ValueError: an extension that the miniature Commons does not take.
    """
    match PurePath(name).suffix.lower():
        case ".jpg" | ".png" | ".gif":
            return _bitmap(content)
        case ".wav":
            return _sound(content)
        case ".webm":
            return _video(content)
        case ".pdf":
            return _document(content)
        case extension:
            raise ValueError(f"{name}: the miniature Commons takes no {extension} files")


def document_pages(content: bytes) -> list[bytes]:
    """Return the pages of a PDF that holds one JPEG a page, as Pillow writes it."""
    return [
        JPEG_START + part.split(JPEG_END, 1)[0] + b"\xff\xd9"
        for part in content.split(JPEG_START)[1:]
    ]


@contextmanager
def opened_video(content: bytes) -> Iterator[cv2.VideoCapture]:
    """Open a video; OpenCV reads from files only."""
    with tempfile.NamedTemporaryFile(suffix=".webm") as file:
        file.write(content)
        file.flush()
        video = cv2.VideoCapture(file.name)
        try:
            yield video
        finally:
            video.release()


def _bitmap(content: bytes) -> Format:
    with Image.open(io.BytesIO(content)) as image:
        return Format(
            mime=Image.MIME[image.format or ""],
            mediatype="BITMAP",
            width=image.width,
            height=image.height,
            seconds=_playing_seconds(image),
        )


def _playing_seconds(image: Image.Image) -> float | None:
    if not getattr(image, "is_animated", False):
        return None
    milliseconds: int = sum(frame.info["duration"] for frame in ImageSequence.Iterator(image))
    return milliseconds / MS_PER_S


def _sound(content: bytes) -> Format:
    with wave.open(io.BytesIO(content)) as sound:
        seconds = sound.getnframes() / sound.getframerate()
    return Format(mime="audio/wav", mediatype="AUDIO", seconds=seconds)


def _video(content: bytes) -> Format:
    with opened_video(content) as video:
        frames, rate = video.get(cv2.CAP_PROP_FRAME_COUNT), video.get(cv2.CAP_PROP_FPS)
        return Format(
            mime="video/webm",
            mediatype="VIDEO",
            width=max(0, int(video.get(cv2.CAP_PROP_FRAME_WIDTH))),
            height=max(0, int(video.get(cv2.CAP_PROP_FRAME_HEIGHT))),
            seconds=frames / rate if rate else None,
        )


def _document(content: bytes) -> Format:
    pages = document_pages(content)
    first = _bitmap(pages[0])
    return Format(
        mime="application/pdf",
        mediatype="OFFICE",
        width=first.width,
        height=first.height,
        pages=len(pages),
    )
