"""Every format and colour model that Commons takes, by the numbers."""

import io
import struct
import warnings
import zlib
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageFile
from PIL.Image import Transpose
from skimage.color import lab2rgb

from model.errors import OverLimit, Undecodable, Unsupported
from model.image import DecodeLimits, Picture, decode

RED, GREEN, BLUE, GREY = (200, 30, 40), (30, 180, 60), (20, 40, 210), (128, 128, 128)
LOSSY = 6  # largest difference of a flat patch after JPEG or WebP
ORIENTATION = 274


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def quadrants(width: int = 96, height: int = 64) -> Image.Image:
    image = Image.new("RGB", (width, height), RED)
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    image.paste(GREY, (width // 2, height // 2, width, height))
    return image


def corners(picture: Picture) -> NDArray[np.int16]:
    """Return the colours of the middles of the four quadrants, row by row."""
    pixels = picture.frames[0].pixels.astype(np.int16)
    height, width, _ = pixels.shape
    rows, columns = [height // 4, 3 * height // 4], [width // 4, 3 * width // 4]
    return pixels[np.ix_(rows, columns)].reshape(4, 3)


def only_colour(data: bytes) -> tuple[int, ...]:
    """Decode a picture of one colour and return it."""
    pixels = decode(data).frames[0].pixels.reshape(-1, 3)
    assert (np.ptp(pixels, axis=0) <= 2).all()
    return tuple(int(value) for value in np.median(pixels, axis=0))


def assert_close(found: Any, expected: Any, tolerance: int) -> None:
    np.testing.assert_allclose(np.asarray(found, int), np.asarray(expected, int), atol=tolerance)


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_png_chunk(data: bytes, kind: bytes, body: bytes) -> bytes:
    header_end = 8 + 25
    return data[:header_end] + png_chunk(kind, body) + data[header_end:]


@pytest.mark.parametrize(
    ("kind", "options", "tolerance"),
    [
        ("JPEG", {"quality": 95}, LOSSY),
        ("JPEG", {"quality": 95, "progressive": True}, LOSSY),
        ("PNG", {}, 0),
        ("GIF", {}, 0),
        ("WEBP", {"lossless": True}, 0),
        ("WEBP", {"quality": 95}, LOSSY),
        ("TIFF", {}, 0),
        ("TIFF", {"compression": "tiff_lzw"}, 0),
        ("TIFF", {"compression": "jpeg"}, LOSSY),
        ("TIFF", {"big_tiff": True}, 0),
    ],
)
def test_colours_come_through(kind: str, options: dict[str, Any], tolerance: int) -> None:
    picture = decode(encoded(quadrants(), kind, **options))
    assert (picture.format, picture.width, picture.height) == (kind, 96, 64)
    assert (picture.frame_count, picture.truncated, picture.notes) == (1, False, ())
    assert picture.frames[0].pixels.dtype == np.uint8
    assert_close(corners(picture), [RED, GREEN, BLUE, GREY], tolerance)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize(
    ("orientation", "stored_as"),
    [
        (1, None),
        (2, Transpose.FLIP_LEFT_RIGHT),
        (3, Transpose.ROTATE_180),
        (4, Transpose.FLIP_TOP_BOTTOM),
        (5, Transpose.TRANSPOSE),
        (6, Transpose.ROTATE_90),
        (7, Transpose.TRANSVERSE),
        (8, Transpose.ROTATE_270),
        (9, None),
    ],
)
def test_orientation_is_undone(kind: str, orientation: int, stored_as: Transpose | None) -> None:
    stored = quadrants() if stored_as is None else quadrants().transpose(stored_as)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    picture = decode(encoded(stored, kind, exif=exif), target=8)
    assert (picture.width, picture.height) == (96, 64)
    assert picture.frames[0].pixels.shape == (32, 48, 3)
    assert_close(corners(picture), [RED, GREEN, BLUE, GREY], LOSSY + 6)


def test_damaged_exif_is_no_reason_to_fail() -> None:
    data = encoded(quadrants(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert decode(data).width == 96


def test_lab_is_read_as_lab() -> None:
    lab = Image.new("LAB", (16, 16), (128, 188, 158))  # L 50, a 60, b 30
    expected = lab2rgb([[[128 / 2.55, 60, 30]]])[0, 0] * 255
    assert_close(only_colour(encoded(lab, "TIFF")), expected, 4)


def test_a_profile_with_swapped_primaries_swaps_the_colours() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"tmpX").replace(b"bXYZ", b"rXYZ").replace(b"tmpX", b"bXYZ")
    for kind in ("PNG", "JPEG", "WEBP", "TIFF"):
        picture = decode(encoded(quadrants(), kind, icc_profile=swapped))
        assert_close(corners(picture), [colour[::-1] for colour in (RED, GREEN, BLUE, GREY)], 9)
        assert picture.notes == ()


def test_an_rgb_profile_on_a_grey_picture_is_applied() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(Image.new("L", (16, 16), 77), "JPEG", icc_profile=srgb)
    assert decode(data).notes == ()
    assert_close(only_colour(data), (77, 77, 77), 1)


@pytest.mark.parametrize(
    "profile", [b"no profile", b"\0" * 200, bytes(5 * 2**20)], ids=["text", "zeros", "5 MiB"]
)
def test_a_broken_profile_is_ignored_and_noted(profile: bytes) -> None:
    picture = decode(encoded(quadrants(), "WEBP", lossless=True, icc_profile=profile))
    assert_close(corners(picture), [RED, GREEN, BLUE, GREY], 0)
    assert len(picture.notes) == 1
    assert picture.notes[0].startswith("ICC profile")


def test_a_profile_for_another_kind_of_picture_is_ignored_and_noted() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    picture = decode(encoded(quadrants(), "PNG", icc_profile=lab))
    assert_close(corners(picture), [RED, GREEN, BLUE, GREY], 0)
    assert picture.notes == ("ICC profile is for Lab, the picture is RGB; ignored",)


@pytest.mark.parametrize(("gamma", "expected"), [(0.45455, 128), (1.0, 186), (0.22727, 64)])
def test_png_gamma_is_applied(gamma: float, expected: int) -> None:
    data = encoded(Image.new("RGB", (8, 8), GREY), "PNG")
    data = with_png_chunk(data, b"gAMA", struct.pack(">I", round(gamma * 100_000)))
    assert_close(only_colour(data), (expected,) * 3, 1)


def test_png_gamma_gives_way_to_srgb() -> None:
    data = encoded(Image.new("RGB", (8, 8), GREY), "PNG")
    data = with_png_chunk(data, b"gAMA", struct.pack(">I", 100_000))
    assert only_colour(with_png_chunk(data, b"sRGB", b"\0")) == GREY


# Ink coverage 0..255, and the colour of (1 - ink)(1 - black).
INKS = [
    ((255, 0, 0, 0), (0, 255, 255)),
    ((0, 200, 200, 0), (255, 55, 55)),
    ((0, 0, 0, 155), (100,) * 3),
]


@pytest.mark.parametrize(("ink", "colour"), INKS)
@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_is_read_as_ink(kind: str, ink: tuple[int, ...], colour: tuple[int, ...]) -> None:
    options = {"quality": 100} if kind == "JPEG" else {}
    assert_close(only_colour(encoded(Image.new("CMYK", (16, 16), ink), kind, **options)), colour, 3)


@pytest.mark.parametrize(("ink", "colour"), INKS)
def test_ycck_as_photoshop_writes_it(ink: tuple[int, ...], colour: tuple[int, ...]) -> None:
    # Pillow writes no YCCK: the YCbCr of the inks goes in as CMYK, and the Adobe marker is told so.
    luma = Image.new("RGB", (1, 1), ink[:3]).convert("YCbCr").getpixel((0, 0))
    assert isinstance(luma, tuple)
    stored = Image.new("CMYK", (16, 16), (*(255 - int(part) for part in luma), ink[3]))
    data = bytearray(encoded(stored, "JPEG", quality=100))
    transform_at = data.index(b"Adobe") + 11
    assert data[transform_at] == 0
    data[transform_at] = 2
    assert_close(only_colour(bytes(data)), colour, 4)


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    ramp = np.linspace(0, 65535, 256).astype(np.uint16)[None].repeat(4, axis=0)
    for kind in ("PNG", "TIFF"):
        row = decode(encoded(Image.fromarray(ramp), kind)).frames[0].pixels[0, :, 0]
        assert_close(row, np.arange(256), 0)


def test_sixteen_bit_colour_is_scaled() -> None:
    samples = np.full((4, 4, 3), (0x1234, 0x8000, 0xFEDC), dtype=">u2")
    raw = b"".join(b"\0" + row.tobytes() for row in samples)
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 16, 2, 0, 0, 0))
    body = png_chunk(b"IDAT", zlib.compress(raw)) + png_chunk(b"IEND", b"")
    assert_close(only_colour(b"\x89PNG\r\n\x1a\n" + header + body), (0x12, 0x80, 0xFE), 1)


def tiff(samples: NDArray[Any], bits: int, photometric: int = 1) -> bytes:
    """Write a grey little-endian TIFF of one strip, the way scanners and microscopes do."""
    height, width = samples.shape
    body = samples.tobytes()
    kind = {"f": 3, "i": 2, "u": 1}[samples.dtype.kind]
    tags = [(256, width), (257, height), (258, bits), (259, 1), (262, photometric), (273, 8)]
    tags += [(277, 1), (278, height), (279, len(body)), (339, kind)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    directory = struct.pack("<H", len(tags)) + entries + bytes(4)
    return struct.pack("<2sHI", b"II", 42, 8 + len(body)) + body + directory


def test_sixteen_bits_with_white_as_zero_are_turned_over() -> None:
    samples = np.full((4, 4), 65535, np.uint16)
    assert only_colour(tiff(samples, 16, photometric=1)) == (255, 255, 255)
    assert only_colour(tiff(samples, 16, photometric=0)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("low", "high"), [(0.0, 1.0), (-40.0, 1200.0)], ids=["unit range", "elevations"]
)
def test_floats_fill_black_to_white(low: float, high: float) -> None:
    ramp = np.linspace(low, high, 256, dtype=np.float32)[None].repeat(4, axis=0)
    assert_close(decode(tiff(ramp, 32)).frames[0].pixels[0, :, 0], np.arange(256), 1)


def test_floats_that_are_no_numbers_are_black() -> None:
    samples = np.array([[np.nan, 0.5, 1.0, np.inf]], dtype=np.float32)
    assert_close(decode(tiff(samples, 32)).frames[0].pixels[0, :, 0], [0, 128, 255, 255], 1)


def test_signed_integers_fill_black_to_white() -> None:
    samples = np.array([[-1000, 0, 1000]], dtype=np.int16)
    assert_close(decode(tiff(samples, 16)).frames[0].pixels[0, :, 0], [0, 128, 255], 1)


def test_one_bit_is_black_and_white() -> None:
    image = Image.fromarray(np.eye(8, dtype=bool))
    for kind in ("PNG", "TIFF"):
        pixels = decode(encoded(image, kind)).frames[0].pixels
        assert_close(pixels[..., 0], np.eye(8) * 255, 0)


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("RGBA", (200, 30, 40, 255), RED),
        ("RGBA", (200, 30, 40, 0), (255, 255, 255)),
        ("RGBA", (200, 0, 0, 128), (227, 127, 127)),
        ("LA", (0, 128), (127, 127, 127)),
    ],
)
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize("target", [None, 8])
def test_transparency_is_seen_on_white(
    mode: str, colour: tuple[int, ...], expected: tuple[int, ...], kind: str, target: int | None
) -> None:
    data = encoded(Image.new(mode, (64, 64), colour), kind)
    pixels = decode(data, target=target).frames[0].pixels
    assert_close(pixels.reshape(-1, 3).mean(axis=0), expected, 1)


def test_a_palette_keeps_its_transparency() -> None:
    image = Image.new("P", (16, 16), 1)
    image.putpalette([0, 0, 0, *RED])
    image.paste(0, (0, 0, 8, 16))
    for kind in ("PNG", "GIF"):
        pixels = decode(encoded(image, kind, transparency=0)).frames[0].pixels
        assert_close(pixels[0, [0, 15]], [(255, 255, 255), RED], 0)


@pytest.mark.parametrize(("mode", "key"), [("L", 128), ("RGB", GREY)])
def test_a_png_colour_key_is_transparent(mode: str, key: Any) -> None:
    data = encoded(Image.new(mode, (8, 8), key), "PNG", transparency=key)
    assert only_colour(data) == (255, 255, 255)


def played(kind: str, frames: list[Image.Image], delay_ms: int) -> bytes:
    """Return an animation with these frames and no fewer."""
    lossless = {"lossless": True} if kind == "WEBP" else {}
    first, *others = marked(frames)
    return encoded(
        first, kind, save_all=True, append_images=others, duration=delay_ms, loop=0, **lossless
    )


def marked(frames: list[Image.Image]) -> list[Image.Image]:
    """Return frames of which no two in a row are equal: Pillow would make one of these."""
    copies = [frame.copy() for frame in frames]
    for n, frame in enumerate(copies):
        frame.putpixel((0, 0), (n % 2, 0, 0))
    return copies


def animated(kind: str, count: int) -> bytes:
    """Return a file of 24 x 16 pixel frames whose grey level is twice their position."""
    first, *others = [Image.new("L", (24, 16), 2 * i).convert("RGB") for i in range(count)]
    lossless = {"lossless": True} if kind == "WEBP" else {}
    return encoded(first, kind, save_all=True, append_images=others, **lossless)


def test_pages_are_spread_over_the_whole_file() -> None:
    picture = decode(animated("TIFF", 100), limits=DecodeLimits(frames=4))
    assert (picture.frame_count, picture.unseen) == (100, 96)
    assert [frame.index for frame in picture.frames] == [0, 33, 66, 99]
    assert_close([frame.pixels[0, 0, 0] for frame in picture.frames], [0, 66, 132, 198], 0)
    assert (picture.shown, picture.end) == (((1, 0), (34, 1), (67, 2), (100, 3)), 101)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_half_of_the_frames_are_spread_over_the_whole_animation(kind: str) -> None:
    picture = decode(animated(kind, 100), limits=DecodeLimits(frames=8))
    indices = [frame.index for frame in picture.frames]
    assert {0, 33, 66, 99} <= set(indices)
    assert len(indices) == 8
    assert indices == sorted(indices)
    levels = [int(frame.pixels[0, 0, 0]) for frame in picture.frames]
    assert levels == [2 * index for index in indices]


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
@pytest.mark.parametrize("flash", [1, 7, 58, 98])
def test_a_frame_like_no_other_is_found_in_a_long_animation(kind: str, flash: int) -> None:
    frames = [quadrants()] * 100
    frames[flash] = Image.new("RGB", quadrants().size, RED)
    film = played(kind, frames, 50)
    picture = decode(film, limits=DecodeLimits(frames=1))
    assert ([frame.index for frame in picture.frames], picture.unseen) == ([0], 1)
    picture = decode(film, limits=DecodeLimits(frames=2))
    assert [frame.index for frame in picture.frames] == [0, flash]
    assert picture.unseen == 0
    assert [number for _, number in picture.shown] == [0, 1, 0]
    times = [at for at, _ in picture.shown]
    assert times == pytest.approx([0, flash / 20, (flash + 1) / 20])
    assert picture.end == pytest.approx(5)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_what_differs_most_is_kept_when_more_differs_than_may_be_scored(kind: str) -> None:
    greys = [Image.new("RGB", (24, 16), 3 * (20 + n,)) for n in range(0, 60, 4)]
    frames = [greys[0], *greys[1:7], Image.new("RGB", (24, 16), RED), *greys[7:], greys[0]]
    picture = decode(played(kind, frames, 50), limits=DecodeLimits(frames=3))
    assert [frame.index for frame in picture.frames] == [0, 7]
    assert 0 < picture.unseen < len(frames) - 2


@pytest.mark.parametrize("delay_ms", [0, 10])
def test_frames_without_a_delay_stand_as_long_as_browsers_show_them(delay_ms: int) -> None:
    picture = decode(played("GIF", [quadrants(), busy()], delay_ms))
    assert (picture.shown, picture.end) == (((0, 0), (0.1, 1)), 0.2)


def test_few_frames_are_all_looked_at() -> None:
    data = animated("GIF", 3)
    assert [frame.index for frame in decode(data).frames] == [0, 1, 2]


def test_one_frame_may_be_asked_for() -> None:
    data = animated("GIF", 3)
    assert [frame.index for frame in decode(data, limits=DecodeLimits(frames=1)).frames] == [0]


def test_pages_of_several_sizes_and_modes_are_read() -> None:
    pages = [Image.new("L", (30, 20), 9), Image.new("RGB", (40, 10), RED), Image.new("1", (5, 5))]
    picture = decode(encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    assert [frame.pixels.shape for frame in picture.frames] == [(20, 30, 3), (10, 40, 3), (5, 5, 3)]
    assert_close(picture.frames[1].pixels[0, 0], RED, 0)


def test_of_an_mpo_the_picture_that_browsers_show_is_read() -> None:
    data = encoded(quadrants(), "MPO", save_all=True, append_images=[Image.new("L", (24, 16))])
    picture = decode(data)
    assert (picture.format, picture.frame_count) == ("MPO", 1)
    assert_close(corners(picture), [RED, GREEN, BLUE, GREY], 12)


@pytest.mark.parametrize(
    ("size", "target", "expected"),
    [
        ((960, 640), None, (640, 960)),
        ((960, 640), 80, (320, 480)),
        ((960, 640), 100, (640, 960)),
        ((960, 640), 640, (640, 960)),
        ((100, 64), 224, (64, 100)),
        ((40, 4000), 8, (65, 40)),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_frames_are_small_but_never_under_the_target(
    kind: str, size: tuple[int, int], target: int | None, expected: tuple[int, int]
) -> None:
    picture = decode(encoded(quadrants(*size), kind), target=target)
    assert picture.frames[0].pixels.shape == (*expected, 3)
    assert (picture.width, picture.height) == size


def test_shrinking_in_bands_equals_shrinking_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (230, 301, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), "PNG")
    at_once = decode(data, target=16).frames[0].pixels
    monkeypatch.setattr("model.shrink.BAND_PIXELS", 5_000)
    in_bands = decode(data, target=16).frames[0].pixels
    np.testing.assert_array_equal(in_bands, at_once)


def busy() -> Image.Image:
    noise = np.random.default_rng(2).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    return Image.fromarray(noise)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("PNG", {}),
        ("GIF", {"interlace": 0}),
        ("TIFF", {}),
    ],
)
def test_a_truncated_file_is_read_as_far_as_it_goes(kind: str, options: dict[str, Any]) -> None:
    whole = encoded(busy(), kind, **options)
    picture = decode(whole[: len(whole) // 2])
    assert picture.truncated
    assert (picture.width, picture.height) == (300, 200)
    expected = decode(whole).frames[0].pixels[:40]
    tolerance = 255 if "progressive" in options else 0
    assert_close(picture.frames[0].pixels[:40], expected, tolerance)


def test_a_truncated_animation_keeps_its_whole_frames() -> None:
    frames = [busy().rotate(90 * i) for i in range(4)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    picture = decode(data[: len(data) * 5 // 8])
    assert picture.truncated
    assert [frame.index for frame in picture.frames][:2] == [0, 1]
    np.testing.assert_array_equal(picture.frames[1].pixels, decode(data).frames[1].pixels)


def test_a_broken_second_page_leaves_the_first() -> None:
    ramp = np.arange(64, dtype=np.uint8).reshape(8, 8)
    data = tiff(ramp, 8)[:-4] + struct.pack("<I", 0x00FFFFFF)  # next page: past the end
    picture = decode(data)
    assert picture.truncated
    np.testing.assert_array_equal(picture.frames[0].pixels[..., 0], ramp)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "TIFF"])
def test_a_file_cut_before_its_pixels_is_undecodable(kind: str) -> None:
    data = encoded(busy(), kind)
    with pytest.raises(Undecodable, match="damaged"):
        decode(data[:60])


def test_pillow_is_left_as_it_was() -> None:
    before = ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS, list(warnings.filters)
    decode(encoded(busy(), "PNG")[:9000])
    assert (
        ImageFile.LOAD_TRUNCATED_IMAGES,
        Image.MAX_IMAGE_PIXELS,
        list(warnings.filters),
    ) == before


def test_pillow_warnings_stay_inside() -> None:
    picture_of_exactly_the_limit = encoded(busy(), "PNG")
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        decode(picture_of_exactly_the_limit, limits=DecodeLimits(pixels=300 * 200))
    assert seen == []


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "an empty file"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<svg/>", "SVG"),
        (b"<!doctype html>", "HTML"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1a\x45\xdf\xa3", "WebM"),
        (b"OggS", "Ogg"),
        (b"\0\0\0\x20ftypisom", "MP4"),
        (b"\0\0\0\x20ftypavif", "AVIF"),
        (b"RIFF\0\0\0\0AVI ", "AVI"),
        (b"AT&TFORM", "DjVu"),
        (b"gimp xcf v011", "XCF"),
        (b"BM\0\0", "BMP"),
        (b"a text", "unknown"),
    ],
)
def test_other_kinds_of_file_are_named_in_the_refusal(data: bytes, name: str) -> None:
    with pytest.raises(Unsupported, match=name):
        decode(data)


def test_too_many_bytes_are_refused() -> None:
    data = encoded(quadrants(), "PNG")
    with pytest.raises(OverLimit, match="bytes, over the limit of 10"):
        decode(data, limits=DecodeLimits(file_bytes=10))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "TIFF"])
def test_too_many_pixels_are_refused_from_the_header(kind: str) -> None:
    data = encoded(quadrants(), kind)[:700]
    with pytest.raises(OverLimit, match="pixels"):
        decode(data, limits=DecodeLimits(pixels=96 * 32))
    assert decode(encoded(quadrants(), kind), limits=DecodeLimits(pixels=96 * 64)).width == 96


def test_a_later_page_with_too_many_pixels_is_refused() -> None:
    pages = [Image.new("L", (10, 10)), Image.new("L", (20, 20))]
    data = encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    with pytest.raises(OverLimit, match="20 x 20 pixels"):
        decode(data, limits=DecodeLimits(pixels=399))


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_too_many_frames_are_refused(kind: str) -> None:
    data = animated(kind, 12)
    with pytest.raises(OverLimit, match="more than 11 frames"):
        decode(data, limits=DecodeLimits(frames_in_file=11))
    assert decode(data, limits=DecodeLimits(frames_in_file=12)).frame_count == 12


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_an_animation_too_long_to_play_is_played_as_far_as_the_limit_goes(kind: str) -> None:
    data = animated(kind, 12)
    picture = decode(data, limits=DecodeLimits(animation_pixels=8 * 24 * 16 - 1))
    assert picture.frame_count == 12
    assert [frame.index for frame in picture.frames] == [0, 1, 2, 3, 4, 5, 6]
    assert picture.unseen == 5
    assert decode(data, limits=DecodeLimits(animation_pixels=12 * 24 * 16)).unseen == 0


@pytest.mark.parametrize("name", ["file_bytes", "pixels", "frames", "frames_in_file"])
def test_limits_below_one_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be at least 1"):
        DecodeLimits(**{name: 0})
