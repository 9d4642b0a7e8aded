"""The decoder behind its process boundary gives what the decoder gives."""

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from model.decoder import IsolatedDecoder, _picture
from model.errors import OverLimit, Undecodable, Unsupported, WorkerDied
from model.image import DecodeLimits, decode
from model.isolation import ProcessLimits

LIMITS = DecodeLimits(frames=3, file_bytes=2**20)
ANSWER: dict[str, Any] = {
    "frames": [[0, np.zeros((4, 4, 3), np.uint8), ""]],
    "format": "PNG",
    "width": 4,
    "height": 4,
    "frame_count": 1,
    "truncated": False,
    "notes": [],
    "shown": [],
    "end": 0.0,
    "unseen": 0,
}


@pytest.fixture(scope="module")
def decoder() -> Iterator[IsolatedDecoder]:
    with IsolatedDecoder(limits=LIMITS, target=16) as made:
        yield made


def animation() -> bytes:
    noise = np.random.default_rng(0).integers(0, 256, (5, 300, 200), dtype=np.uint8)
    first, *others = [Image.fromarray(frame) for frame in noise]
    buffer = io.BytesIO()
    first.save(buffer, "PNG", save_all=True, append_images=others, icc_profile=b"broken")
    return buffer.getvalue()


def test_a_picture_is_the_same_on_both_sides(decoder: IsolatedDecoder) -> None:
    here, there = decode(animation(), limits=LIMITS, target=16), decoder.decode(animation())
    assert (there.format, there.width, there.height) == ("PNG", 200, 300)
    assert (there.frame_count, there.truncated) == (5, False)
    assert there.notes == here.notes != ()
    assert [frame.index for frame in there.frames] == [frame.index for frame in here.frames]
    assert len(there.frames) == LIMITS.frames
    assert (there.shown, there.end, there.unseen) == (here.shown, here.end, here.unseen)
    assert there.unseen == 2
    for one, other in zip(here.frames, there.frames, strict=True):
        np.testing.assert_array_equal(one.pixels, other.pixels)


def test_image_errors_come_through(decoder: IsolatedDecoder) -> None:
    with pytest.raises(Unsupported, match="SVG"):
        decoder.decode(b"<svg/>")
    with pytest.raises(Undecodable):
        decoder.decode(animation()[:50])
    with pytest.raises(OverLimit, match="1048577 bytes"):
        decoder.decode(bytes(2**20 + 1))


def test_a_picture_beyond_the_childs_memory_is_over_the_limit() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (8000, 8000)).save(buffer, "PNG")
    with (
        IsolatedDecoder(process=ProcessLimits(memory_bytes=200 * 2**20)) as small,
        pytest.raises(OverLimit, match="too large to decode"),
    ):
        small.decode(buffer.getvalue())


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        {"frames": 5},
        {"frames": [[0, "pixels"]]},
        {"frames": [[0, np.zeros((4, 4), np.uint8)]]},
        {"frames": [[0, np.zeros((0, 4, 3), np.uint8)]]},
        {"frames": [[0, np.zeros((4, 4, 3), np.float32)]]},
        {"frames": []},
        {"frames": [[0, np.zeros((4, 4, 3), np.uint8)]], "format": "PNG", "width": "wide"},
        ANSWER | {"shown": [[0.0, 1]]},
        ANSWER | {"shown": [[float("nan"), 0]]},
        ANSWER | {"shown": 5},
    ],
)
def test_an_answer_that_is_no_picture_is_a_dead_worker(answer: Any) -> None:
    with pytest.raises(WorkerDied, match="unreadable picture"):
        _picture(answer)


def test_an_answer_that_is_a_picture_is_taken() -> None:
    assert _picture(ANSWER).frames[0].pixels.shape == (4, 4, 3)


def test_a_slow_picture_is_given_up() -> None:
    with IsolatedDecoder() as decoder:
        decoder.decode(animation())
        with pytest.raises(WorkerDied, match="no answer within"):
            decoder.decode(b"\xff\xd8" + b"\xff" * 50_000_000, timeout_s=0.2)
        assert decoder.decode(animation()).width == 200
