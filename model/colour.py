"""Any Pillow mode to 8-bit sRGB on white, the form in which every model here sees colour."""

import io
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

PROFILE_BYTES_MAX: Final = 4 * 2**20  # real profiles: under 0.6 KB (sRGB) to 3 MB (press CMYK)
WHITE: Final = (255, 255, 255)

_BITS_PER_SAMPLE_TAG: Final = 258  # TIFF 6.0, section 8
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


def sample_range(image: Image.Image) -> tuple[float, float]:
    """Return the sample values of black and white of a deep image.

    Unsigned samples use their declared bits. Floats within 0..1 are taken at their word; other
    floats and 32-bit integers have no agreed range, so what is there is spread over black to white.
    """
    if image.mode.startswith("I;16"):
        return 0.0, float(2 ** _declared_bits(image) - 1)
    if image.mode not in {"I", "F"}:
        return 0.0, 255.0
    samples = np.asarray(image)
    finite = samples[np.isfinite(samples)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if image.mode == "F" and low >= 0.0 and high <= 1.0:
        return 0.0, 1.0
    return low, max(high, low + 1.0)


def srgb_on_white(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return `image` (a mode `eight_bit` gives) as RGB: profile applied, transparency on white.

    Raises:
        ProfileRefused: broken, oversized, or made for another kind of image.
    """
    colour = image.convert(image.mode[:-1]) if image.mode in {"LA", "RGBA"} else image
    opaque = _to_srgb(colour, profile)
    if colour is image:
        return opaque
    page = Image.new("RGB", image.size, WHITE)
    page.paste(opaque, mask=image.getchannel("A"))
    return page


def _declared_bits(image: Image.Image) -> int:
    tags = getattr(image, "tag_v2", {})
    bits = tags.get(_BITS_PER_SAMPLE_TAG, (16,))
    return int(bits[0])


def _scaled(samples: NDArray[np.generic], black: float, white: float) -> NDArray[np.uint8]:
    unit = (samples.astype(np.float32) - black) / (white - black)
    shown: NDArray[np.float32] = np.nan_to_num(unit).clip(0.0, 1.0)
    return (shown * 255.0 + 0.5).astype(np.uint8)


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        return _apply(image, _opened(profile))
    return _apply(image, _LAB) if image.mode == "LAB" else image.convert("RGB")


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
