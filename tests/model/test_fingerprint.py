"""The perceptual hash: all but ImageHash's own bits, near for near-duplicates, far for others."""

import io
from itertools import combinations
from pathlib import Path

import imagehash
import numpy as np
import pytest
from PIL import Image

import bot.demo
from model.decoder import IsolatedDecoder, _frames
from model.fingerprint import distance, fingerprint

MEDIA = Path(bot.demo.__file__).with_name("media")
PHOTOGRAPHS = sorted((MEDIA / "photographs").glob("*.jpg"))
PICTURES = [*PHOTOGRAPHS, *sorted((MEDIA / "drawings").iterdir())]


def picture(path: Path) -> Image.Image:
    return Image.open(path).convert("RGB")


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_the_bits_are_those_of_imagehash_but_for_two(path: Path) -> None:
    image = picture(path)
    assert distance(fingerprint(np.asarray(image)), str(imagehash.phash(image))) <= 2


@pytest.mark.parametrize("path", PHOTOGRAPHS, ids=lambda path: path.stem)
def test_a_smaller_and_stronger_compressed_copy_is_near(path: Path) -> None:
    image = picture(path)
    buffer = io.BytesIO()
    image.resize((image.width * 3 // 4, image.height * 3 // 4)).save(buffer, "JPEG", quality=60)
    copy = Image.open(buffer).convert("RGB")
    assert distance(fingerprint(np.asarray(image)), fingerprint(np.asarray(copy))) <= 4


def test_different_photographs_are_far() -> None:
    marks = [fingerprint(np.asarray(picture(path))) for path in PHOTOGRAPHS]
    assert min(distance(one, other) for one, other in combinations(marks, 2)) >= 14


def test_a_flat_picture_has_none_as_all_of_them_would_be_alike() -> None:
    assert fingerprint(np.full((60, 80, 3), 200, np.uint8)) == ""


def test_it_is_taken_in_the_process_apart() -> None:
    path = PHOTOGRAPHS[0]
    with IsolatedDecoder(target=224) as decoder:
        (frame,) = decoder.decode(path.read_bytes()).frames
    assert frame.fingerprint == fingerprint(frame.pixels)


def test_it_can_be_left_out() -> None:
    with IsolatedDecoder(target=224, fingerprints=False) as decoder:
        (frame,) = decoder.decode(PHOTOGRAPHS[0].read_bytes()).frames
    assert frame.fingerprint == ""


@pytest.mark.parametrize("mark", ["xyz", "0" * 15, 7, {}])
def test_what_is_none_is_refused_as_the_process_may_be_taken_over(mark: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        _frames([[0, np.zeros((1, 1, 3), np.uint8), mark]])
