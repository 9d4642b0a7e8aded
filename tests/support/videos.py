"""Small benign films: photographs and plain scenes, and drawings as what is to be found."""

import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray
from PIL import Image, ImageOps

from rig.pictures import pencil, photograph
from rig.recordings import ffmpeg

WIDTH, HEIGHT = 320, 240
RATE = 10
VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M")
VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M")
AV1 = ("-c:v", "libsvtav1", "-preset", "12")
THEORA = ("-c:v", "libtheora", "-q:v", "7")
MPEG1 = ("-r", "25", "-c:v", "mpeg1video", "-q:v", "4")
MPEG2 = ("-r", "25", "-c:v", "mpeg2video", "-q:v", "4")

# The default model gives the first at most 0.2 for `drawing`, the second at least 0.9.
PLAIN = ("coffee.png", "astronaut.png", "brick.png", "gravel.png", "retina.jpg")
DRAWN = ("chelsea.png", "camera.png", "moon.png", "astronaut.png")

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Shot:
    """`frames` frames of one picture; `fade` of them, at the start, mix with the shot before."""

    picture: Pixels
    frames: int
    fade: int = 0


@cache
def plain(number: int = 0) -> Pixels:
    """Return a photograph that is no drawing."""
    return _fitted(photograph(PLAIN[number % len(PLAIN)]))


@cache
def drawn(number: int = 0) -> Pixels:
    """Return a drawing."""
    return _fitted(pencil(DRAWN[number % len(DRAWN)]))


@cache
def colour(name: str) -> Pixels:
    """Return a sheet of one colour."""
    return np.asarray(Image.new("RGB", (WIDTH, HEIGHT), name))


def moving(picture: Pixels, frames: int) -> list[Shot]:
    """Return a shot in which a small dot wanders, so that no frame is like the one before."""
    shots = []
    for n in range(frames):
        drawn_on = picture.copy()
        drawn_on[100:110, 10 * n % WIDTH : 10 * n % WIDTH + 10] = 255
        shots.append(Shot(drawn_on, 1))
    return shots


def frames_of(shots: Sequence[Shot]) -> list[Pixels]:
    """Return a film's frames."""
    frames: list[Pixels] = []
    for shot in shots:
        before = frames[-1] if frames else shot.picture
        for n in range(shot.frames):
            weight = min(1.0, (n + 1) / (shot.fade + 1))
            mixed = weight * shot.picture + (1 - weight) * before
            frames.append(mixed.astype(np.uint8) if weight < 1 else shot.picture)
    return frames


def film(
    shots: Sequence[Shot], suffix: str = ".webm", codec: Sequence[str] = VP9, rate: int = RATE
) -> bytes:
    """Return a film of `rate` frames per second, encoded by ffmpeg."""
    frames = frames_of(shots)
    height, width, _ = frames[0].shape
    raw = ("-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", f"{width}x{height}")
    pixels = b"".join(frame.tobytes() for frame in frames)
    return ffmpeg(suffix, *raw, "-framerate", str(rate), "-i", "-", *codec, stdin=pixels)


def joined(stills: Sequence[tuple[Pixels, float]]) -> bytes:
    """Return a long VP8 film, 2 frames per second, of still pictures, each shown for some seconds.

    ffmpeg itself repeats the frames, so that no film is held in memory.
    """
    with tempfile.TemporaryDirectory() as folder:
        inputs: list[str] = []
        for n, (picture, seconds) in enumerate(stills):
            path = Path(folder) / f"{n}.png"
            Image.fromarray(picture).save(path)
            inputs += ["-loop", "1", "-framerate", "2", "-t", str(seconds), "-i", str(path)]
        graph = ("-filter_complex", f"concat=n={len(stills)}", "-pix_fmt", "yuv420p")
        return ffmpeg(".webm", *inputs, *graph, *VP8)


def muxed(timed: Sequence[tuple[float, Pixels]], codec: str = "libvpx", turned: int = 0) -> bytes:
    """Return a WebM whose frames stand at given times, in seconds.

    Args:
        timed: time and picture of each frame.
        codec: PyAV's name of an encoder.
        turned: degrees, counter-clockwise, by which a player has to turn the pictures.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.webm"
        with av.open(path, "w") as container:
            stream = container.add_stream(codec, rate=1000, options={"deadline": "realtime"})
            assert isinstance(stream, VideoStream)
            stream.pix_fmt = "yuv420p"
            if turned:
                stream.set_display_rotation(turned)
            stream.height, stream.width, _ = timed[0][1].shape
            for time_s, picture in timed:
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                frame.pts = round(1000 * time_s)
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return path.read_bytes()


def without_index(video: bytes) -> bytes:
    """Return a WebM as a live stream leaves it: without index and without a length."""
    with (
        av.open(io.BytesIO(video), "r") as source,
        tempfile.TemporaryDirectory() as folder,
    ):
        path = Path(folder) / "live.webm"
        with av.open(path, "w", format="webm", options={"live": "1"}) as target:
            stream = target.add_stream_from_template(source.streams.video[0])
            for packet in source.demux(source.streams.video[0]):
                if packet.dts is not None:
                    packet.stream = stream
                    target.mux(packet)
        return path.read_bytes()


def _fitted(picture: Image.Image) -> Pixels:
    return np.asarray(ImageOps.fit(picture, (WIDTH, HEIGHT)))
