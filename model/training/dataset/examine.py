"""Looks at every labelled file once: can it be read, how large is it, what does it look like."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from model.errors import ImageError, RetryLater
from model.training.dataset.entry import Examined, Labelled, Removed
from model.training.decoding import Decoders, read

SHORTEST_EDGE: Final = 32
"""Pixels; icons and tracking dots are below, and nothing can be seen on them."""
MONOCHROME: Final = "monochrome"
GREY: Final = 2.0
"""Of 255: mean difference between a pixel's colours, below which a picture is called grey."""
TARGET: Final = 64
"""Pixels along the short edge that the perceptual hash needs."""


def examine(
    files: Iterable[Labelled], *, shortest_edge: int = SHORTEST_EDGE, workers: int | None = None
) -> Iterator[Examined | Removed]:
    """Yield each file with its hashes and size, or the reason it is left out, in order."""
    with Decoders(target=TARGET, workers=workers) as decoders:
        yield from decoders.map(_examiner(decoders, shortest_edge), files)


def _examiner(decoders: Decoders, shortest_edge: int) -> Callable[[Labelled], Examined | Removed]:
    def look(file: Labelled) -> Examined | Removed:
        try:
            data = read(file.path)
            picture = decoders.decode(data)
        except (ImageError, RetryLater, OSError) as error:
            return _left_out(file, "unreadable", str(error))
        if picture.truncated:
            return _left_out(file, "unreadable", "damaged: only a part can be read")
        if min(picture.width, picture.height) < shortest_edge:
            return _left_out(file, "tiny", f"{picture.width} x {picture.height} pixels")
        pixels = picture.frames[0].pixels
        tags = {*file.tags, MONOCHROME} if is_monochrome(pixels) else file.tags
        return Examined(
            **{**file.model_dump(), "tags": tuple(sorted(tags))},
            sha1=hashlib.sha1(data, usedforsecurity=False).hexdigest(),
            fingerprint=picture.frames[0].fingerprint,
            width=picture.width,
            height=picture.height,
        )

    return look


def is_monochrome(pixels: NDArray[np.uint8]) -> bool:
    """Tell whether RGB (H, W, 3) is grey all over, but for what JPEG makes of grey."""
    spread = pixels.max(axis=2).astype(np.int16) - pixels.min(axis=2)
    return float(spread.mean()) < GREY


def _left_out(file: Labelled, reason: str, detail: str) -> Removed:
    return Removed.model_validate(
        {"path": file.path, "label": file.label, "reason": reason, "detail": detail}
    )
