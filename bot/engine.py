"""Bytes of one picture → scored views, in processes that take a hostile file's damage alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.home import models_folder
from bot.rules import View
from bot.series import Series, page
from bot.settings.intake import MediaSettings
from bot.settings.scoring import ModelSettings
from bot.videos.places import precise
from model.decoderpool import DecoderPool
from model.heat_map import heat_map
from model.image import DecodeLimits, Picture
from model.isolated_classifier import IsolatedClassifier, Second
from model.video.limits import VideoLimits
from model.video.score import Moment, VideoScore
from model.video.watcher import VideoWatcher

Pictures = Sequence[NDArray[np.uint8]]
Keep = Callable[[Pictures], None]
Scores = Sequence[Mapping[str, float]]  # of one picture's frames, in their order
PAGED = "TIFF"  # the format whose frames are pages


@dataclass(frozen=True, slots=True)
class Seen:
    """What one picture showed.

    Attributes:
        views: what was scored.
        partial: some of it could not be read, or looks like nothing that was scored.
        series: of an animation, or of the pages of a TIFF.
    """

    views: tuple[View, ...]
    partial: bool
    series: Series | None = None


class Engine:
    """Decoders and a classifier, each in a child process."""

    def __init__(
        self,
        model: ModelSettings,
        media: MediaSettings,
        *,
        decoders: int = 1,
        with_shadow: bool = False,
        fingerprints: bool = True,
        alone_threads: int = 1,
    ) -> None:
        """Start the classifier. Threads may share it; `decoders` pictures are decoded at once.

        Without `fingerprints` views have none, and pictures are decoded in half the time.
        `alone_threads` are for what `aclassify` is told is alone.
        `with_shadow` also opens the candidate that the settings name, for `classify_by_candidate`.

        Raises:
            BundleError: the model is not installed, or damaged.
        """
        opinion = model.second_opinion
        self._classifier = IsolatedClassifier(
            models_folder(),
            model.name,
            threads=model.threads,
            precision=model.precision,
            second=Second(**opinion.model_dump()) if opinion.name else None,
            candidate=model.shadow.name if with_shadow else "",
            alone_threads=alone_threads,
        )
        limits = replace(DecodeLimits(), file_bytes=media.max_bytes, frames=media.frames)
        self.edge = self._classifier.input_edge  # pixels that the model needs along the short edge
        self._decoder = DecoderPool(
            decoders, limits=limits, target=self.edge, fingerprints=fingerprints
        )
        self._watcher: VideoWatcher | None = None
        self.version = self._classifier.version
        self.labels = self._classifier.labels
        self.provenance = self._classifier.provenance
        self.candidate = self._classifier.candidate

    def look(self, data: bytes, place: str, media: MediaSettings, keep: Keep | None = None) -> Seen:
        """Decode and score one picture; `place` says which part of its file it is.

        `keep` is given the frames that were scored, in the order of the views.

        Raises:
            ImageError: the bytes are no picture, or one over the limits.
            WorkerDied: they crashed or stalled a child process, which is already replaced.
        """
        return self.see(self.decode(data, media), place, keep)

    def see(
        self, picture: Picture, place: str, keep: Keep | None = None, scores: Scores | None = None
    ) -> Seen:
        """Score a decoded picture, unless its frames' `scores` are known; see `look`.

        Raises:
            WorkerDied: it crashed or stalled the classifier, which is already replaced.
        """
        frames = [frame.pixels for frame in picture.frames]
        found = seen(picture, self.classify(frames) if scores is None else scores, place)
        if keep:
            keep(frames)
        return found

    def decode(self, data: bytes, media: MediaSettings) -> Picture:
        """Decode one picture; the first half of `look`, which raises the same."""
        return self._decoder.decode(data, timeout_s=media.decode_seconds)

    def classify(self, pictures: Pictures, *, hurried: bool = False) -> list[dict[str, float]]:
        """Score decoded pictures, uint8 RGB (H, W, 3), as `IsolatedClassifier.classify` does."""
        return self._classifier.classify(pictures, hurried=hurried)

    async def adecode(self, data: bytes, media: MediaSettings) -> Picture:
        """Decode as `decode` does, for an event loop."""
        return await self._decoder.adecode(data, timeout_s=media.decode_seconds)

    async def aclassify(self, picture: NDArray[np.uint8], *, alone: bool) -> dict[str, float]:
        """Score one decoded picture as `IsolatedClassifier.aclassify` does."""
        return await self._classifier.aclassify(picture, alone=alone)

    def classify_by_candidate(
        self, pictures: Pictures, *, timeout_s: float
    ) -> list[dict[str, float]]:
        """Score decoded pictures by the candidate.

        Raises:
            BundleError, WorkerDied: as `IsolatedClassifier.classify_by_candidate` does.
        """
        return self._classifier.classify_by_candidate(pictures, timeout_s=timeout_s)

    def watch(self, path: Path, limits: VideoLimits, keep: Keep | None = None) -> VideoScore:
        """Watch a video file; a process of its own decodes it, and ends with it.

        Args:
            path: See `VideoWatcher.watch`.
            limits: What the video may cost.
            keep: Is given the frames before they are scored.

        Raises:
            ImageError, WorkerDied: as `VideoWatcher.watch` does.
        """

        def classify(pictures: Pictures) -> list[dict[str, float]]:
            if keep:
                keep(pictures)
            return self._classifier.classify(pictures)

        with VideoWatcher(classify, limits=limits, target=self.edge) as watcher:
            self._watcher = watcher
            return watcher.watch(path)

    def explain(
        self, data: bytes, view: View, label: str, media: MediaSettings
    ) -> NDArray[np.uint8]:
        """Draw which places of one view of a picture spoke for a label.

        The picture is decoded again, so that no look has to hold on to pixels.

        Args:
            data: What `look` was given, with an empty place.
            view: One of those it returned.
            label: One of the model's.
            media: As for `look`.

        Returns:
            A small picture, see `model.heat_map`.

        Raises:
            ImageError, WorkerDied: as for `look`.
        """
        picture = self.decode(data, media)
        frame = picture.frames[_places(picture, "").index(view.place)]
        return self.explain_frame(frame.pixels, label)

    def explain_frame(self, pixels: NDArray[np.uint8], label: str) -> NDArray[np.uint8]:
        """Draw which places of a decoded picture, uint8 RGB (H, W, 3), spoke for a label.

        Raises:
            WorkerDied: the classifier died.
        """
        return heat_map(pixels, self._classifier.explain(pixels, label))

    def close(self) -> None:
        """End all processes. May be called from another thread, in the middle of a look."""
        if self._watcher:
            self._watcher.close()
        self._decoder.close()
        self._classifier.close()


def seen(picture: Picture, scores: Scores, place: str) -> Seen:
    """Return what a decoded picture showed, given the scores of its frames in their order."""
    marks = [frame.fingerprint for frame in picture.frames]
    parts = zip(scores, _places(picture, place), marks, strict=True)
    return Seen(
        tuple(View(score, where, mark) for score, where, mark in parts),
        partial=picture.truncated or picture.unseen > 0,
        series=_series(picture, scores) if picture.frame_count > 1 else None,
    )


def _series(picture: Picture, scores: Scores) -> Series:
    known: set[int] = set()
    moments = []
    for at, number in picture.shown:
        moments.append(Moment(at, scores[number], number in known, number))
        known.add(number)
    return Series(
        moments=tuple(moments),
        end=picture.end,
        unit="pages" if picture.format == PAGED else "seconds",
        whole=picture.frame_count,
        unseen=picture.unseen,
    )


def _places(picture: Picture, place: str) -> list[str]:
    """Return where each frame stands: frames and pages are numbered from 1."""
    if picture.frame_count == 1:
        return [place]
    if picture.format == PAGED:
        return [f"{place} {page(frame.index + 1)}".strip() for frame in picture.frames]
    begins = {number: at for at, number in reversed(picture.shown)}
    return [
        f"{place} frame {frame.index + 1} ({precise(begins[n])})".strip()
        for n, frame in enumerate(picture.frames)
    ]
