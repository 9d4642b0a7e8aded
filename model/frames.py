"""How many frames or pages a file has."""

from typing import Final

from PIL import Image

from model.errors import OverLimit
from model.pillow import DAMAGE

_GIF_HEADER_BYTES: Final = 13
_GIF_EXTENSION: Final = 0x21
_GIF_IMAGE: Final = 0x2C
_GIF_TRAILER: Final = 0x3B
_GIF_IMAGE_BYTES: Final = 10
_PALETTE_FLAG: Final = 0x80


def count_frames(image: Image.Image, data: bytes, *, limit: int) -> int:
    """Return the number of frames in a file just opened, without decoding any.

    Of an MPO only the first picture counts: the others are a camera's thumbnails, gain and depth
    maps, or the other eye's view, and no browser shows them.

    Raises:
        OverLimit: more than `limit`.
    """
    if image.format == "MPO":
        return 1
    if image.format == "GIF":
        count = _count_gif(data, limit)
    elif image.format == "TIFF":
        count = _count_pages(image, limit)
    else:
        count = int(getattr(image, "n_frames", 1))
    if count > limit:
        raise OverLimit(f"more than {limit} frames")
    return max(1, count)


def _count_pages(image: Image.Image, limit: int) -> int:
    # TIFF pages are a linked list; Pillow's n_frames would follow it without end.
    for page in range(1, limit + 1):
        try:
            image.seek(page)
        except EOFError:
            return page
        except DAMAGE:
            return page + 1  # reading it will tell what is wrong
    return limit + 1


def _count_gif(data: bytes, limit: int) -> int:
    """Count image descriptors (https://www.w3.org/Graphics/GIF/spec-gif89a.txt, section 20).

    Pillow's own count has no upper bound and takes seconds for a file of a million tiny frames.
    """
    at = _GIF_HEADER_BYTES + _palette_bytes(data, _GIF_HEADER_BYTES - 3)
    count = 0
    while at < len(data) and count <= limit and data[at] != _GIF_TRAILER:
        if data[at] == _GIF_EXTENSION:
            at = _after_sub_blocks(data, at + 2)
        elif data[at] == _GIF_IMAGE:
            count += 1
            pixels = at + _GIF_IMAGE_BYTES + _palette_bytes(data, at + _GIF_IMAGE_BYTES - 1)
            at = _after_sub_blocks(data, pixels + 1)
        else:
            at += 1  # padding between blocks, which decoders skip
    return count


def _palette_bytes(data: bytes, flags_at: int) -> int:
    flags = data[flags_at] if flags_at < len(data) else 0
    return 3 << ((flags & 7) + 1) if flags & _PALETTE_FLAG else 0


def _after_sub_blocks(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1
