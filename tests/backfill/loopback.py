"""A wiki on loopback with very many small files, which notes what is asked of it."""

import io
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import numpy as np
from PIL import Image

from bot.demo.commons import MiniCommons
from bot.demo.commons.addresses import API_PATH, UPLOAD_PATH

BEGAN = datetime(2020, 1, 1, tzinfo=UTC)
SIDE = 96  # pixels; smaller than any thumbnail, so that the original is served
GRAIN = 8  # pixels of one colour


@dataclass(frozen=True, slots=True)
class Fetch:
    """One file asked for: from when until when it was waited for, in seconds, and its bytes."""

    name: str
    begun: float
    ended: float
    size: int


class Loopback(MiniCommons):
    """So many files, of which so many differ; each is answered after `latency_s`."""

    def __init__(self, *, files: int, contents: int, latency_s: float) -> None:
        super().__init__()
        self.contents = contents
        self.fetches: list[Fetch] = []
        self.calls: list[float] = []
        self._latency_s = latency_s
        self._lock = threading.Lock()
        self.before = self._note
        pictures = [_picture(number) for number in range(contents)]
        for number in range(files):
            self.wiki.clock = lambda number=number: BEGAN + timedelta(seconds=number)  # type: ignore[misc]
            content = pictures[number % contents]
            self.wiki.upload(_title(number), content, user="Alice", comment="own work")

    def forget(self) -> None:
        """Begin to count anew."""
        with self._lock:
            self.fetches, self.calls = [], []

    def per_content(self) -> Counter[str]:
        """Count how often each content was fetched, under whatever title."""
        titles = {f"File:{one.name}" for one in self.fetches}
        sha1s = {title: self.wiki.versions(title)[0].sha1 for title in titles}
        return Counter(sha1s[f"File:{one.name}"] for one in self.fetches)

    def _note(self, path: str) -> None:
        begun = time.monotonic()
        if path == API_PATH:
            with self._lock:
                self.calls.append(begun)
        elif path.startswith(UPLOAD_PATH):
            time.sleep(self._latency_s)
            name = unquote(path.rsplit("/", 1)[-1])
            size = len(self.wiki.versions(f"File:{name}")[0].content)
            with self._lock:
                self.fetches.append(Fetch(name, begun, time.monotonic(), size))


def _title(number: int) -> str:
    return f"File:Old-{number:06}.png"


def _picture(number: int) -> bytes:
    """Return a PNG of coloured squares that no other number has."""
    grain = SIDE // GRAIN
    colours = np.random.default_rng(number).integers(0, 256, (grain, grain, 3), np.uint8)
    encoded = io.BytesIO()
    Image.fromarray(colours).resize((SIDE, SIDE), Image.Resampling.NEAREST).save(encoded, "PNG")
    return encoded.getvalue()
