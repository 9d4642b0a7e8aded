"""Any Pillow mode to 8-bit sRGB on white, the form in which every model here sees colour."""

import io
import math
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

PROFILE_BYTES_MAX: Final = 4 * 2**20  # real profiles: under 0.6 KB (sRGB) to 3 MB (press CMYK)
WHITE: Final = (255, 255, 255)
SRGB_GAMMA: Final = 0.45455  # the gAMA an sRGB picture states (https://www.w3.org/TR/png-3/#11sRGB)
GAMMA_TOLERANCE: Final = 0.05  # libpng's PNG_GAMMA_THRESHOLD

# TIFF 6.0, section 8
_BITS_PER_SAMPLE_TAG: Final = 258
_PHOTOMETRIC_TAG: Final = 262
_WHITE_IS_ZERO: Final = 0
_MODE_OF_PROFILE: Final = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab ": "LAB"}
_SRGB: Final = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_LAB: Final = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))


class ProfileRefused(ValueError):
    """An ICC profile that cannot be applied; the picture is read as if it had none."""


def eight_bit(image: Image.Image, *, black: float, white: float) -> Image.Image:
    """Return `image` in one of the modes L, LA, RGB, RGBA, CMYK, LAB, colours unchanged.

    `black` and `white` are the sample values that become 0 and 255 in a deep image (see
    `sample_range`); 8-bit modes ignore them.
    """
    if image.mode in {"I", "F"} or image.mode.startswith("I;16"):
        return Image.fromarray(_scaled(np.asarray(image), black, white))
    if image.mode == "1":
        return image.convert("L")
    if image.mode == "L" and "transparency" in image.info:
        return image.convert("LA")
    if image.mode in {"P", "PA", "RGB"} and image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in {"L", "LA", "RGB", "RGBA", "CMYK", "LAB"}:
        return image
    return image.convert("RGB")


def sample_range(image: Image.Image, bands: Iterable[Image.Image]) -> tuple[float, float]:
    """Return the sample values of black and white of a deep `image`, given all its `bands`.

    Unsigned samples use their declared bits. Floats within 0..1 are taken at their word; other
    floats and 32-bit integers have no agreed range, so what is there is spread over black to white.
    """
    tags = getattr(image, "tag_v2", {})
    if image.mode.startswith("I;16"):
        low, high = 0.0, 2.0 ** tags.get(_BITS_PER_SAMPLE_TAG, (16,))[0] - 1.0
    elif image.mode in {"I", "F"}:
        low, high = _found_range(bands)
        if image.mode == "F" and low >= 0.0 and high <= 1.0:
            low, high = 0.0, 1.0
    else:
        return 0.0, 255.0  # Pillow has already scaled, and inverted where need be
    return (high, low) if tags.get(_PHOTOMETRIC_TAG) == _WHITE_IS_ZERO else (low, high)


def srgb_on_white(
    image: Image.Image, *, profile: bytes | None = None, gamma: float | None = None
) -> Image.Image:
    """Return `image` (a mode `eight_bit` gives) as RGB: profile applied, transparency on white.

    Args:
        image: 8 bits a sample.
        profile: ICC profile of the file.
        gamma: exponent of its encoding (PNG gAMA), which counts where there is no profile.

    Raises:
        ProfileRefused: broken, oversized, or made for another kind of image.
    """
    colour = image.convert(image.mode[:-1]) if image.mode in {"LA", "RGBA"} else image
    opaque = _to_srgb(colour, profile, gamma)
    if colour is image:
        return opaque
    page = Image.new("RGB", image.size, WHITE)
    page.paste(opaque, mask=image.getchannel("A"))
    return page


def _found_range(bands: Iterable[Image.Image]) -> tuple[float, float]:
    low, high = math.inf, -math.inf
    for band in bands:
        samples = np.asarray(band)
        finite = samples[np.isfinite(samples)]
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    return (low, high) if low < high else (0.0, 1.0)


def _scaled(samples: NDArray[np.generic], black: float, white: float) -> NDArray[np.uint8]:
    unit = (samples.astype(np.float32) - black) / (white - black)
    shown: NDArray[np.float32] = np.nan_to_num(unit).clip(0.0, 1.0)
    return (shown * 255.0 + 0.5).astype(np.uint8)


def _to_srgb(image: Image.Image, profile: bytes | None, gamma: float | None) -> Image.Image:
    if profile:
        return _apply(image, _opened(profile))
    if image.mode == "LAB":
        return _apply(image, _LAB)
    rgb = image if image.mode == "RGB" else image.convert("RGB")
    exponent = SRGB_GAMMA / gamma if gamma else 1.0
    if abs(exponent - 1.0) < GAMMA_TOLERANCE:
        return rgb
    curve = [round(255.0 * (level / 255.0) ** exponent) for level in range(256)]
    return rgb.point(curve * 3)


def _opened(profile: bytes) -> ImageCms.ImageCmsProfile:
    if len(profile) > PROFILE_BYTES_MAX:
        raise ProfileRefused(f"ICC profile of {len(profile)} bytes, over {PROFILE_BYTES_MAX}")
    try:
        return ImageCms.ImageCmsProfile(io.BytesIO(profile))
    except OSError as error:
        raise ProfileRefused(f"ICC profile cannot be read: {error}") from error


def _apply(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    space = profile.profile.xcolor_space
    if image.mode == "L" and space == "RGB ":
        image = image.convert("RGB")
    if _MODE_OF_PROFILE.get(space) != image.mode:
        raise ProfileRefused(f"ICC profile is for {space.strip()}, the picture is {image.mode}")
    try:
        converted = ImageCms.profileToProfile(image, profile, _SRGB, outputMode="RGB")
    except ImageCms.PyCMSError as error:
        raise ProfileRefused(f"ICC profile cannot be applied: {error}") from error
    if converted is None:
        raise ProfileRefused("ICC profile gave no picture")
    return converted
