"""Small valid files of every kind that is decoded, to be damaged."""

import functools
import io
from typing import Any

import numpy as np
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

WIDTH, HEIGHT = 72, 48


@functools.cache
def seeds() -> dict[str, bytes]:
    """Return name to file."""
    return _jpegs() | _pngs() | _tiffs() | _others()


def _jpegs() -> dict[str, bytes]:
    return {
        "jpeg": _encoded(_noise("RGB"), "JPEG", exif=_exif(), icc_profile=_profile(), comment="hi"),
        "jpeg progressive": _encoded(_noise("RGB"), "JPEG", progressive=True),
        "jpeg 4:4:4 restarts": _encoded(
            _noise("RGB"), "JPEG", subsampling=0, restart_marker_blocks=2
        ),
        "jpeg cmyk": _encoded(_noise("CMYK"), "JPEG"),
        "jpeg grey": _encoded(_noise("L"), "JPEG"),
        "mpo": _encoded(_noise("RGB"), "MPO", save_all=True, append_images=[_noise("L")]),
    }


def _pngs() -> dict[str, bytes]:
    text = PngInfo()
    text.add_text("Comment", "plain " * 20)
    text.add_text("Description", "compressed " * 200, zip=True)
    text.add_itxt("Title", "ünïcode " * 50, zip=True)
    deep = np.random.default_rng(3).integers(0, 65536, (HEIGHT, WIDTH), dtype=np.uint16)
    return {
        "png": _encoded(
            _noise("RGB"), "PNG", pnginfo=text, icc_profile=_profile(), exif=_exif(), dpi=(72, 72)
        ),
        "png alpha": _encoded(_noise("RGBA"), "PNG"),
        "png palette": _encoded(_noise("RGB").quantize(16), "PNG", transparency=3),
        "png 16 bit": _encoded(Image.fromarray(deep), "PNG"),
        "png 1 bit": _encoded(_noise("1"), "PNG"),
        "png animated": _animated("PNG"),
    }


def _tiffs() -> dict[str, bytes]:
    kinds = ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg")
    plain = {
        f"tiff {kind}": _encoded(_noise("RGB"), "TIFF", compression=kind, exif=_exif())
        for kind in kinds
    }
    floats = np.random.default_rng(4).random((HEIGHT, WIDTH), dtype=np.float32)
    return plain | {
        "tiff fax": _encoded(_noise("1"), "TIFF", compression="group4"),
        "tiff float": _encoded(Image.fromarray(floats), "TIFF"),
        "tiff lab": _encoded(_noise("RGB").convert("RGB"), "TIFF", icc_profile=_profile()),
        "tiff pages": _animated("TIFF"),
        "bigtiff": _encoded(_noise("RGBA"), "TIFF", big_tiff=True),
    }


def _others() -> dict[str, bytes]:
    return {
        "gif": _encoded(_noise("L"), "GIF", interlace=0),
        "gif animated": _animated("GIF", disposal=2, transparency=0, comment="hello"),
        "webp": _encoded(_noise("RGB"), "WEBP", exif=_exif(), icc_profile=_profile()),
        "webp lossless": _encoded(_noise("RGBA"), "WEBP", lossless=True),
        "webp animated": _animated("WEBP"),
    }


def _noise(mode: str, seed: int = 0) -> Image.Image:
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 9, 4), dtype=np.uint8)
    image = Image.fromarray(coarse).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    return image if mode == "RGBA" else image.convert("RGB").convert(mode)


def _animated(kind: str, **options: Any) -> bytes:
    first, *others = [_noise("RGB", seed) for seed in range(5)]
    return _encoded(first, kind, save_all=True, append_images=others, **options)


def _encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[274] = 6
    exif[271] = "A camera"
    exif.get_ifd(0x8769)[0x9286] = b"a comment"
    return exif


def _profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
