"""Benign video and sound, made by ffmpeg: pictures one after the other, and a rising tone."""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageOps

WIDTH, HEIGHT = 640, 480
FRAMES_PER_S = 10
SCENE_S = 1.2
TIMEOUT_S = 60.0

_TONE = ("-f", "lavfi", "-i", "aevalsrc='sin(300*t*t)/4':duration=2")
_SILENT_FRAMES = (
    *("-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", f"{WIDTH}x{HEIGHT}"),
    *("-framerate", str(FRAMES_PER_S), "-i", "-"),
)


def video(
    suffix: str, *codec: str, scenes: Sequence[Image.Image], with_sound: bool = False
) -> bytes:
    """Return a video that shows each of `scenes` for `SCENE_S`."""
    frames = b"".join(_raw(scene) * round(SCENE_S * FRAMES_PER_S) for scene in scenes)
    sound = _TONE if with_sound else ()
    return ffmpeg(suffix, *_SILENT_FRAMES, *sound, *codec, stdin=frames)


def sound(suffix: str, *codec: str) -> bytes:
    """Return two seconds of a rising tone."""
    return ffmpeg(suffix, *_TONE, *codec)


def _raw(scene: Image.Image) -> bytes:
    return ImageOps.fit(scene, (WIDTH, HEIGHT)).tobytes()


def ffmpeg(suffix: str, *arguments: str, stdin: bytes = b"") -> bytes:
    """Run ffmpeg into a file: containers written to a pipe lack their length."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / f"made{suffix}"
        subprocess.run(
            ["ffmpeg", "-v", "error", *arguments, str(made)],
            input=stdin,
            check=True,
            timeout=TIMEOUT_S,
        )
        return made.read_bytes()
