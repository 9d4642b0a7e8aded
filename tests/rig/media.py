"""Forty small benign files, of every type that Commons accepts and every oddity worth meeting."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from PIL import Image

from rig import pictures
from rig.pictures import drawing, encoded, in_sequence, jpeg, pencil, photograph
from rig.recordings import sound, video

Expectation = Literal["scored", "skipped", "any-terminal"]
"""How the bot has to end with the file; `any-terminal`: as it likes, but it has to end."""

FRAME_MS = 120


@dataclass(frozen=True)
class Sample:
    """A file to upload as `File:name`.

    `drawn`: the default model finds a drawing in it, on one page or in one scene at least.
    """

    name: str
    bytes: bytes
    kind: str
    expect: Expectation = "scored"
    drawn: bool = False


@cache
def samples() -> tuple[Sample, ...]:
    """Return all samples; the first call makes them, in about 2 s."""
    made = (_jpegs(), _pngs(), _animations(), _vectors(), _documents(), _videos(), _sounds())
    return tuple(sample for group in made for sample in group)


def sample(name: str) -> Sample:
    """Return the sample of that name."""
    return next(sample for sample in samples() if sample.name == name)


def _jpegs() -> Iterator[Sample]:
    coffee = jpeg(photograph("coffee.png"))
    yield Sample("Coffee.jpg", coffee, "jpeg")
    yield Sample("Coffee large.jpg", jpeg(photograph("coffee.png", 2400)), "jpeg")
    yield Sample("Rocket progressive.jpg", jpeg(photograph("rocket.jpg"), progressive=True), "jpeg")
    yield Sample("Camera grey.jpg", jpeg(photograph("camera.png", 1200).convert("L")), "jpeg")
    yield Sample(
        "Astronaut CMYK.jpg", jpeg(photograph("astronaut.png", 1000).convert("CMYK")), "jpeg"
    )
    yield Sample(
        "Astronaut turned.jpg", pictures.rotated_by_exif(photograph("astronaut.png")), "jpeg"
    )
    yield Sample("Cat in pencil.jpg", jpeg(pencil("chelsea.png", 1600)), "jpeg", drawn=True)
    yield Sample("Stamp.jpg", jpeg(photograph("rocket.jpg", 16)), "jpeg", "any-terminal")
    cut = coffee[: len(coffee) // 2]
    yield Sample("Coffee truncated.jpg", cut, "jpeg", "any-terminal")
    yield Sample("Кофе, 珈琲 ☕ (é).jpg", jpeg(photograph("coffee.png", 500)), "jpeg")
    quotes = 'It\'s "quoted" & 100 % + more; a=b, really?! ~ (1).jpg'
    yield Sample(quotes, jpeg(photograph("rocket.jpg", 480)), "jpeg")


def _pngs() -> Iterator[Sample]:
    yield Sample("Robot.png", encoded(drawing(2, 1280), "PNG"), "png")
    yield Sample("Sticker alpha.png", encoded(pictures.sticker(3), "PNG"), "png")
    palette = pencil("astronaut.png", 1200).convert("P", palette=Image.Palette.ADAPTIVE)
    yield Sample("Astronaut palette.png", encoded(palette, "PNG"), "png", drawn=True)
    deep = pictures.sixteen_bit(pencil("camera.png", 1000), ".png")
    yield Sample("Photographer 16 bit.png", deep, "png", drawn=True)
    yield Sample("Page 1 bit.png", encoded(photograph("page.png").convert("1"), "PNG"), "png")
    tall = photograph("brick.png").resize((40, 4000))
    yield Sample("Brick tower.png", encoded(tall, "PNG"), "png", "any-terminal")
    dot = encoded(Image.new("RGB", (1, 1), "#8cc26b"), "PNG")
    yield Sample("Dot.png", dot, "png", "any-terminal")
    yield Sample("White sheet.png", pictures.bomb(), "png", "any-terminal")
    long = "Långt namn " * 18
    yield Sample(f"{long.strip()}.png", encoded(drawing(6), "PNG"), "png")


def _animations() -> Iterator[Sample]:
    waving = [drawing(7, 480, turn) for turn in (0, 20, 40, 60, 40, 20)]
    looped = {"duration": FRAME_MS, "loop": 0}
    moon = encoded(pencil("moon.png").convert("P"), "GIF")
    yield Sample("Moon in pencil.gif", moon, "gif", drawn=True)
    yield Sample("Waving.gif", in_sequence(waving, "GIF", **looped), "gif")
    yield Sample("Grass.webp", encoded(photograph("grass.png"), "WEBP"), "webp")
    sticker = encoded(pictures.sticker(9, 1100), "WEBP", lossless=True)
    yield Sample("Sticker lossless.webp", sticker, "webp")
    # MediaWiki does not scale moving WebP: there is the original and an icon.
    moving = in_sequence(waving[:4], "WEBP", **looped)
    yield Sample("Waving.webp", moving, "webp", "any-terminal")


def _vectors() -> Iterator[Sample]:
    yield Sample("Badge.svg", pictures.svg_badge(), "svg")
    yield Sample("Chart.svg", pictures.svg_chart(), "svg")


def _documents() -> Iterator[Sample]:
    pages = [drawing(10), drawing(11), pencil("motorcycle_left.png")]
    retina = photograph("retina.jpg", 400)
    yield Sample("Retina.tif", encoded(retina, "TIFF", compression="tiff_lzw"), "tiff")
    stars = pictures.sixteen_bit(photograph("hubble_deep_field.jpg", 300), ".tif")
    yield Sample("Stars 16 bit.tif", stars, "tiff")
    three = in_sequence(pages, "TIFF", compression="tiff_lzw")
    yield Sample("Three pages.tif", three, "tiff", drawn=True)
    # 0 by 0 pixels to MediaWiki: one such file fails a whole batch that asks for thumbnails.
    yield Sample("Three pages truncated.tif", three[:64], "tiff", "any-terminal")
    yield Sample("One page.pdf", encoded(photograph("astronaut.png"), "PDF"), "pdf")
    yield Sample("Three pages.pdf", in_sequence(pages, "PDF"), "pdf", drawn=True)


def _videos() -> Iterator[Sample]:
    vp8 = ("-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libvorbis")
    vp9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8")
    theora = ("-c:v", "libtheora", "-q:v", "6", "-c:a", "libvorbis")
    scenes = (drawing(13), drawing(14), pencil("chelsea.png"))
    spoken = video(".webm", *vp8, scenes=scenes, with_sound=True)
    yield Sample("Story VP8.webm", spoken, "video", drawn=True)
    sketches = (pencil("camera.png"), pencil("moon.png"))
    yield Sample("Sketches VP9.webm", video(".webm", *vp9, scenes=sketches), "video", drawn=True)
    yield Sample("Robots.ogv", video(".ogv", *theora, scenes=scenes[:2], with_sound=True), "video")


def _sounds() -> Iterator[Sample]:
    yield Sample("Tone.ogg", sound(".ogg", "-c:a", "libvorbis"), "audio", "skipped")
    yield Sample("Tone.wav", sound(".wav"), "audio", "skipped")
    yield Sample("Tone.flac", sound(".flac"), "audio", "skipped")
    yield Sample("Tone.mp3", sound(".mp3"), "audio", "skipped")
