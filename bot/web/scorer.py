"""Pictures to scores, off the event loop: decoder processes, then batches to the classifier."""

import asyncio
import base64
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bot.config import Settings
from bot.engine import Engine, Seen, seen
from bot.rules import View
from model.batching import MicroBatcher
from model.processors import available

T = TypeVar("T")

FETCHES: Final = 4  # threads that wait for the wiki


class Scorer:
    """Scores pictures that many requests bring at once. For one event loop."""

    def __init__(self, settings: Settings) -> None:
        """Start the classifier.

        Raises:
            BundleError: the model is not installed, or damaged.
        """
        serve = settings.serve
        self._media = settings.media
        self.engine = Engine(
            settings.model,
            settings.media,
            decoders=serve.decoders,
            fingerprints=False,
            alone_threads=min(serve.alone_threads, available()),
        )
        self.name = settings.model.name
        self._batcher = MicroBatcher(
            self.engine.classify, alone=self._alone, largest=serve.batch, wait_s=0.0
        )
        self._looks = 0  # that are under way
        self._decoders = asyncio.Semaphore(serve.decoders)
        self._looking = ThreadPoolExecutor(serve.decoders, "look")
        self._fetching = ThreadPoolExecutor(FETCHES, "fetch")

    async def look(self, data: bytes, place: str = "") -> Seen:
        """Return what one picture shows; `place` says which part of its file it is.

        Raises:
            ImageError, WorkerDied: as `Engine.look` does.
        """
        self._looks += 1
        try:
            async with self._decoders:
                picture = await self.engine.adecode(data, self._media)
            scores = await self._batcher.scores([frame.pixels for frame in picture.frames])
        finally:
            self._looks -= 1
        return seen(picture, scores, place)

    async def explain(self, data: bytes, view: View, label: str) -> str:
        """Return the heat map of one view of a picture as a data URI.

        Raises:
            ImageError, WorkerDied: as `Engine.explain` does.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._looking, self._drawn, data, view, label)

    async def fetched(self, fetch: Callable[[], T]) -> T:
        """Run what waits for the wiki in a thread for that."""
        return await asyncio.get_running_loop().run_in_executor(self._fetching, fetch)

    def close(self) -> None:
        """End all processes; what is being worked on fails."""
        self.engine.close()
        self._looking.shutdown(wait=False, cancel_futures=True)
        self._fetching.shutdown(wait=False, cancel_futures=True)
        self._batcher.close()

    async def _alone(self, pixels: NDArray[np.uint8]) -> dict[str, float]:
        return await self.engine.aclassify(pixels, alone=self._looks == 1)

    def _drawn(self, data: bytes, view: View, label: str) -> str:
        return as_data_uri(self.engine.explain(data, view, label, self._media))


def as_data_uri(pixels: NDArray[np.uint8]) -> str:
    """Return a picture, uint8 RGB (H, W, 3), as the address of a PNG."""
    png = io.BytesIO()
    Image.fromarray(pixels).save(png, "PNG")
    return f"data:image/png;base64,{base64.b64encode(png.getvalue()).decode()}"
