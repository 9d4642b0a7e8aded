"""Resaves public-domain photographs and saves the drawings, a sound and odd files."""

import io
import math
import tempfile
import wave
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from skimage import data

from bot.demo.studio import scenes, sketches

MEDIA = Path(__file__).parents[1] / "media"
MAX_BYTES = 36_000
LONGEST_SIDE = 640
DRAWING_COLOURS = 64
GIF_COLOURS = 16
GIF_FRAMES = 8
GIF_FRAME_MS = 80
GIF_SIZE = (320, 240)
SLIDESHOW_SIZE = (480, 360)
SLIDE_FRAMES = 4
FRAMES_PER_SECOND = 2
BOOKLET_DPI = 150  # what PdfHandler renders at (`$wgPdfHandlerDpi`), so that a page is 640 wide
BOOKLET_QUALITY = 45
SAMPLE_RATE = 8_000
CHIME_HZ = (523.25, 659.25, 783.99)  # the C major chord, one note after the other
NOTE_SECONDS = 0.5
HUFFMAN_TABLE = b"\xff\xc4"

# Each is named in scikit-image's documentation as public domain or CC0; see media/SOURCES.md.
PHOTOGRAPHS = (
    "astronaut",
    "brick",
    "camera",
    "cell",
    "chelsea",
    "coffee",
    "grass",
    "hubble_deep_field",
    "retina",
    "rocket",
    "text",
)
SKETCHES: dict[str, tuple[Callable[[Image.Image], Image.Image], str]] = {
    "astronaut_in_pencil": (sketches.pencil, "astronaut"),
    "cat_in_pencil": (sketches.pencil, "chelsea"),
    "cat_in_watercolour": (sketches.watercolour, "chelsea"),
    "photographer_in_pencil": (sketches.pencil, "camera"),
    "photographer_in_watercolour": (sketches.watercolour, "camera"),
}


def photograph(name: str) -> Image.Image:
    """Return a photograph of scikit-image, at most `LONGEST_SIDE` wide and high."""
    picture = Image.fromarray(getattr(data, name)())
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return picture


def small_jpeg(picture: Image.Image) -> bytes:
    """Encode with the best quality that fits into `MAX_BYTES`."""
    for quality in range(88, 10, -4):
        encoded = io.BytesIO()
        picture.save(encoded, "JPEG", quality=quality, optimize=True)
        if encoded.tell() <= MAX_BYTES:
            break
    return encoded.getvalue()


def drawn(name: str) -> Image.Image:
    """Return one of the drawings that are computed from photographs."""
    technique, original = SKETCHES[name]
    return technique(photograph(original))


def palette_png(sheet: scenes.Sheet) -> bytes:
    """Return a flat drawing as a PNG with a palette."""
    encoded = io.BytesIO()
    flat = sheet.reduced().convert("RGB").quantize(DRAWING_COLOURS, dither=Image.Dither.NONE)
    flat.save(encoded, "PNG", optimize=True)
    return encoded.getvalue()


def animation() -> bytes:
    """Return a turning pinwheel as an animated GIF."""
    step = math.tau / 6 / GIF_FRAMES
    frames = [
        scenes.pinwheel(step * index)
        .reduced()
        .convert("RGB")
        .resize(GIF_SIZE, Image.Resampling.LANCZOS)
        .quantize(GIF_COLOURS)
        for index in range(GIF_FRAMES)
    ]
    encoded = io.BytesIO()
    frames[0].save(
        encoded, "GIF", save_all=True, append_images=frames[1:], duration=GIF_FRAME_MS, loop=0
    )
    return encoded.getvalue()


def transparent() -> bytes:
    """Return the sticker as a PNG with an alpha channel."""
    encoded = io.BytesIO()
    scenes.sticker().reduced().save(encoded, "PNG", optimize=True)
    return encoded.getvalue()


def slideshow() -> bytes:
    """Return three drawings as a silent WebM, two seconds each."""
    slides = (scenes.boat().reduced(), scenes.owl().reduced(), drawn("cat_in_watercolour"))
    with tempfile.NamedTemporaryFile(suffix=".webm") as file:
        codec = cv2.VideoWriter.fourcc(*"VP90")
        video = cv2.VideoWriter(file.name, codec, FRAMES_PER_SECOND, SLIDESHOW_SIZE)
        for slide in slides:
            frame = np.asarray(slide.convert("RGB").resize(SLIDESHOW_SIZE))
            for _ in range(SLIDE_FRAMES):
                video.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
        video.release()
        return Path(file.name).read_bytes()


def booklet() -> bytes:
    """Return two drawings as a PDF, one on each page."""
    cover, page = scenes.house().reduced().convert("RGB"), drawn("cat_in_pencil")
    encoded = io.BytesIO()
    cover.save(
        encoded,
        "PDF",
        save_all=True,
        append_images=[page],
        resolution=BOOKLET_DPI,
        quality=BOOKLET_QUALITY,
    )
    return encoded.getvalue()


def damaged() -> bytes:
    """Return a JPEG whose size can be read and whose pixels cannot: a Huffman table is garbage."""
    whole = small_jpeg(photograph("chelsea"))
    table = whole.index(HUFFMAN_TABLE) + 2 * len(HUFFMAN_TABLE)
    return whole[:table] + b"\xff" * 16 + whole[table + 16 :]


def chime() -> bytes:
    """Return three notes as a mono WAV of 8 bits."""
    notes = bytearray()
    for hertz in CHIME_HZ:
        for index in range(int(SAMPLE_RATE * NOTE_SECONDS)):
            seconds = index / SAMPLE_RATE
            loudness = 100 * math.exp(-6 * seconds)
            notes.append(round(128 + loudness * math.sin(math.tau * hertz * seconds)))
    encoded = io.BytesIO()
    with wave.open(encoded, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(SAMPLE_RATE)
        sound.writeframes(bytes(notes))
    return encoded.getvalue()


def main() -> None:
    """Write every file into `media/`."""
    made = {f"photographs/{name}.jpg": small_jpeg(photograph(name)) for name in PHOTOGRAPHS}
    made |= {f"drawings/{name}.jpg": small_jpeg(drawn(name)) for name in SKETCHES}
    made |= {f"drawings/{name}.png": palette_png(scene()) for name, scene in scenes.SCENES.items()}
    made |= {
        "others/pinwheel.gif": animation(),
        "others/star.png": transparent(),
        "others/slideshow.webm": slideshow(),
        "others/booklet.pdf": booklet(),
        "others/damaged.jpg": damaged(),
        "others/chime.wav": chime(),
    }
    for name, content in made.items():
        path = MEDIA / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(f"{len(content):6} bytes  {name}")


if __name__ == "__main__":
    main()
