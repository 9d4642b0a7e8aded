"""Pillow held to this project's rules: its process-wide switches, its warnings, its exceptions."""

import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from PIL import Image, ImageFile, UnidentifiedImageError

from model.errors import ImageError, OverLimit, Undecodable

# What Pillow's parsers raise over damaged bytes; tests/model/test_image_fuzz.py looks for others.
DAMAGE: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)

# The switches below and the warning filters belong to the whole process, so one picture at a time
# is decoded in it. Parallel decoding is done by processes (model.isolation), not by threads.
_SWITCHES: Final = threading.Lock()


@contextmanager
def held_to(*, pixels: int, lenient: bool) -> Iterator[None]:
    """Run a block with Pillow limited to `pixels` a picture, quiet, and raising only ImageError.

    Args:
        pixels: width x height above which Pillow refuses; it checks before it allocates.
        lenient: read damaged files as far as they go. Pillow's switch for that is global
            (https://pillow.readthedocs.io/en/stable/reference/ImageFile.html), so it is put back.

    Raises:
        OverLimit: the picture needs more pixels or memory than it may have.
        Undecodable: the bytes are damaged.
    """
    with _SWITCHES, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before = ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS
        # Pillow warns above MAX_IMAGE_PIXELS and refuses above twice that.
        ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS = lenient, pixels // 2
        try:
            yield
        except ImageError:
            raise
        except (Image.DecompressionBombError, MemoryError) as error:
            raise OverLimit(f"too large to decode: {str(error) or 'out of memory'}") from error
        except UnidentifiedImageError as error:  # Pillow's message names an object in memory
            raise Undecodable("damaged: its header cannot be read") from error
        except DAMAGE as error:
            raise Undecodable(f"damaged: {str(error) or type(error).__name__}") from error
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS = before
