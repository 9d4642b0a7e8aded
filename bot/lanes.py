"""Which worker a file is for: a long video or book must not delay the pictures behind it.

The lane is guessed when an upload is announced, by its extension, which is all that is known then.
The wiki's own word comes later, and moves a file whose extension misled.
"""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import PurePosixPath

from bot.settings.values import Medium

# What Commons takes for video, and .ogg, which may be sound or video: sound costs a lane nothing.
# https://commons.wikimedia.org/wiki/Commons:File_types
VIDEO_SUFFIXES = (".webm", ".ogv", ".ogg", ".ogx", ".mpg", ".mpeg", ".mp4", ".mov", ".mkv")
# TIFF is missing: one of several pages is found out later.
DOCUMENT_SUFFIXES = (".pdf", ".djvu", ".djv")


class Lane(StrEnum):
    """A queue of its own, with a worker of its own."""

    PICTURES = "pictures"
    VIDEOS = "videos"
    DOCUMENTS = "documents"


LANES: Mapping[Medium, Lane] = {
    "image": Lane.PICTURES,
    "video": Lane.VIDEOS,
    "document": Lane.DOCUMENTS,
}


def guess(title: str) -> Lane:
    """Return the lane of a file just announced, by its extension."""
    suffix = PurePosixPath(title).suffix.lower()
    if suffix in VIDEO_SUFFIXES:
        return Lane.VIDEOS
    return Lane.DOCUMENTS if suffix in DOCUMENT_SUFFIXES else Lane.PICTURES


def lane_of(medium: Medium) -> Lane:
    """Return the lane of a file that the wiki has described."""
    return LANES[medium]
