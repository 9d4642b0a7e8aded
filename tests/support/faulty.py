"""The real handlers of both children, and files that do real harm to either.

`decoder` and `classifier` are what the children of a test import in place of the real factories.
"""

import ctypes
import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from model import classifier_child as real_classifier
from model import decoder as real_decoder
from support.bench import picture

Handler = Callable[[Any], Any]
CHUNK_BYTES = 2**27


def _segfault() -> None:
    ctypes.string_at(0)


def _hang() -> None:
    while True:
        time.sleep(3600)


def _hog() -> None:
    kept = []
    while True:  # never touched: it counts towards the limit, and costs the machine nothing
        kept.append(np.empty(CHUNK_BYTES, np.uint8))


DEEDS: dict[str, Callable[[], None]] = {"segfault": _segfault, "hang": _hang, "hog": _hog}
COLOURS = {name: (255, 0, number) for number, name in enumerate([*DEEDS, "nan"])}


def harms_the_decoder(deed: str) -> bytes:
    """Return a picture that is followed by an order to the decoder."""
    return picture("white") + f"do:{deed}".encode()


def harms_the_classifier(deed: str) -> bytes:
    """Return a picture whose colour is an order to the classifier."""
    return picture(f"rgb{COLOURS[deed]}")


def decoder(options: Mapping[str, Any]) -> Handler:
    """Decode in earnest, unless the file says otherwise."""
    decode = real_decoder.serve(options)

    def handle(data: bytes) -> Any:
        for name, deed in DEEDS.items():
            if data.endswith(f"do:{name}".encode()):
                deed()
        return decode(data)

    return handle


def classifier(options: Mapping[str, Any]) -> Handler:
    """Classify in earnest, unless the picture says otherwise."""
    classify = real_classifier.serve(options)

    def handle(request: Any) -> Any:
        if not isinstance(request, list):
            return classify(request)
        corners = [tuple(int(value) for value in pixels[0, 0]) for pixels in request]
        for name, colour in COLOURS.items():
            if colour in corners and name in DEEDS:
                DEEDS[name]()
        return [
            dict.fromkeys(score, math.nan) if corner == COLOURS["nan"] else score
            for corner, score in zip(corners, classify(request), strict=True)
        ]

    return handle
