"""A video watched, beside what cannot be saved: decoding it and scoring the chosen frames."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
import psutil
from numpy.typing import NDArray

from bench.machine import own_and_children_seconds
from bench.pictures import PHOTOGRAPHS
from bench.sidebyside import Bound, Line, Note, Row, Sample, interleaved
from bot.home import models_folder
from model.bundle import DEFAULT_BUNDLE
from model.isolated_classifier import IsolatedClassifier
from model.video.watcher import VideoWatcher
from rig.recordings import ffmpeg

if TYPE_CHECKING:
    from model.video.score import VideoScore

COST = Bound("at most", 1.25)
MEMORY = Bound("at most", 250)
ROUNDS = 3
SCENE_S, SCENES = 3, 4
REPEATED = 5  # the scenes, in the same order, so that encoding does not take minutes
RATE = 25
MIB = 2**20
CODEC = ("-c:v", "libvpx-vp9", "-b:v", "2M", "-deadline", "realtime", "-cpu-used", "8")

Pictures = Sequence[NDArray[np.uint8]]


def measure(*, quick: bool) -> Iterator[Line]:
    """Measure processor time and memory of a minute of 720p VP9; some seconds of it when quick."""
    with (
        tempfile.TemporaryDirectory() as folder,
        IsolatedClassifier(models_folder(), DEFAULT_BUNDLE) as classifier,
    ):
        path = Path(folder) / "clip.webm"
        path.write_bytes(_clip(1 if quick else SCENE_S, 1 if quick else REPEATED))
        yield from _measured(_Watched(path, classifier), 1 if quick else ROUNDS)


class _Watched:
    """One video, watched again and again."""

    def __init__(self, path: Path, classifier: IsolatedClassifier) -> None:
        self._path = path
        self._classifier = classifier
        self.chosen: list[NDArray[np.uint8]] = []
        self.score: VideoScore | None = None

    def whole(self) -> None:
        self.chosen = []
        with VideoWatcher(self._classify, target=self._classifier.input_edge) as watcher:
            self.score = watcher.watch(self._path)

    def peak_bytes(self) -> int:
        """Return the most memory that the decoder held, and this process grew by."""
        peaks, before = [0], int(psutil.Process().memory_info().rss)

        def classify(pictures: Pictures) -> list[dict[str, float]]:
            peaks.append(_decoder_bytes())
            return self._classifier.classify(pictures)

        with VideoWatcher(classify, target=self._classifier.input_edge) as watcher:
            watcher.watch(self._path)
        grown = int(psutil.Process().memory_info().rss) - before
        return max(peaks) + max(0, grown)

    def parts(self) -> None:
        with av.open(self._path, "r") as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            for _ in container.decode(stream):
                pass
        self._classifier.classify(self.chosen)

    def _classify(self, pictures: Pictures) -> list[dict[str, float]]:
        self.chosen += pictures
        return self._classifier.classify(pictures)


def _measured(watched: _Watched, rounds: int) -> Iterator[Line]:
    above = watched.peak_bytes() / MIB
    whole, parts = interleaved(
        {"watched": watched.whole, "decoded, frames scored": watched.parts},
        rounds=rounds,
        clock=own_and_children_seconds,
    )
    yield Row("video, 720p VP9", whole, parts, COST)
    yield Row("video, memory above the engine's", Sample("MiB", [above], "MiB"), bound=MEMORY)
    assert watched.score
    cover = watched.score.coverage
    yield Note(
        f"video: {cover.duration_s:.0f} s, {cover.frames_decoded} frames, {cover.frames_scored} of "
        f"them scored, {len(watched.score.scenes)} scenes; one thread each, processor time; a "
        "process is started for each video"
    )


def _decoder_bytes() -> int:
    """Return the most that the decoder, the child with FFmpeg in it, held in memory so far."""
    folders = [Path(f"/proc/{child.pid}") for child in psutil.Process().children()]
    (decoder,) = (one for one in folders if "libavcodec" in (one / "maps").read_text())
    lines = (decoder / "status").read_text(encoding="ascii").splitlines()
    (peak,) = (line for line in lines if line.startswith("VmHWM:"))
    return int(peak.split()[1]) * 1024


def _clip(scene_s: int, repeated: int) -> bytes:
    """Return a film in which the camera wanders over photographs, one after the other."""
    pictures = sorted(PHOTOGRAPHS.glob("*.jpg"))[:SCENES]
    inputs = [
        argument
        for picture in pictures
        for argument in (
            "-loop",
            "1",
            "-framerate",
            str(RATE),
            "-t",
            str(scene_s),
            "-i",
            str(picture),
        )
    ]
    wandering = "scale=1600:1200,crop=1280:720:3*n:2*n,setsar=1,format=yuv420p"
    each = ";".join(f"[{n}]{wandering}[v{n}]" for n in range(len(pictures)))
    joined = "".join(f"[v{n}]" for n in range(len(pictures)))
    graph = f"{each};{joined}concat=n={len(pictures)}[all]"
    once = ffmpeg(".webm", *inputs, "-filter_complex", graph, "-map", "[all]", *CODEC)
    with tempfile.NamedTemporaryFile(suffix=".webm") as file:
        file.write(once)
        file.flush()
        loop = ("-stream_loop", str(repeated - 1), "-i", file.name, "-c", "copy")
        return ffmpeg(".webm", *loop)
