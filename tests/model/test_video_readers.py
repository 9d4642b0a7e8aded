"""One contract for every library that decodes video, over every kind of video on Commons."""

from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from model.errors import ImageError, NoPictures, OverLimit, Undecodable, Unsupported
from model.video.reader import Reader, VideoFrame, open_reader
from model.video.source import Source
from rig.recordings import sound
from support import videos
from support.videos import RATE, Shot, colour, film, moving, muxed

PIXELS = 1_000_000
RED, BLUE = colour("#c83232"), colour("#3232c8")
SHOTS = (*moving(RED, 10), *moving(BLUE, 10))
EVERY = 1 / RATE

KINDS = {
    "VP8": ("vp8", ".webm", videos.VP8),
    "VP9": ("vp9", ".webm", videos.VP9),
    "VP9 10 bit": ("vp9", ".webm", (*videos.VP9, "-pix_fmt", "yuv420p10le", "-profile:v", "2")),
    "AV1": ("av1", ".webm", videos.AV1),
    "Theora": ("theora", ".ogv", videos.THEORA),
    "MPEG-1": ("mpeg1video", ".mpg", videos.MPEG1),
    "MPEG-2": ("mpeg2video", ".mpg", videos.MPEG2),
    "MPEG-2 alone": ("mpeg2video", ".m2v", videos.MPEG2),
}


@cache
def sample(kind: str) -> bytes:
    _, suffix, codec = KINDS[kind]
    return film(SHOTS, suffix, codec)


LACKING = {("opencv", "AV1")}


@pytest.fixture(params=["pyav", "opencv"])
def library(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def opened(library: str, tmp_path: Path) -> Callable[..., Reader]:
    """Opens bytes; everything is closed with the test's folder."""

    def open_bytes(data: bytes, limit: int = 2**30) -> Reader:
        path = tmp_path / "video"
        path.write_bytes(data)
        return open_reader(library, Source(path, limit), pixels=PIXELS)

    return open_bytes


def read(reader: Reader) -> list[VideoFrame]:
    with closing(reader):
        return list(reader.frames())


def times(frames: list[VideoFrame]) -> list[float]:
    return [frame.time_s for frame in frames]


def is_like(pixels: np.ndarray, wanted: np.ndarray) -> bool:
    return bool(np.abs(pixels.mean(axis=(0, 1)) - wanted.mean(axis=(0, 1))).max() < 30)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_video_on_commons_is_read(
    opened: Callable[..., Reader], library: str, kind: str
) -> None:
    if (library, kind) in LACKING:
        with pytest.raises(Unsupported, match="PyAV"):
            opened(sample(kind))
        return
    reader = opened(sample(kind))
    assert reader.stream.codec == KINDS[kind][0]
    assert (reader.stream.width, reader.stream.height) == (videos.WIDTH, videos.HEIGHT)
    frames = read(reader)
    assert frames[0].time_s == 0
    assert frames[-1].time_s == pytest.approx(2 - EVERY, abs=0.15)
    assert times(frames) == sorted(set(times(frames)))
    assert is_like(frames[0].pixels(224), RED)
    assert is_like(frames[-1].pixels(224), BLUE)
    assert is_like(frames[-1].small()[:, :, ::-1], BLUE)
    assert frames[0].small().shape == (48, 64, 3)
    assert frames[0].pixels(224).shape == (videos.HEIGHT, videos.WIDTH, 3)
    assert (reader.corrupt, reader.fault) == (0, None)


def test_pictures_are_turned_upright(opened: Callable[..., Reader]) -> None:
    halves = np.concatenate([RED[:, :160], BLUE[:, 160:]], axis=1)
    reader = opened(muxed([(n / 10, halves) for n in range(5)], turned=90))
    frames = read(reader)
    shown = frames[0].pixels(224)
    assert shown.shape == (videos.WIDTH, videos.HEIGHT, 3)
    assert (reader.stream.width, reader.stream.height) == (videos.HEIGHT, videos.WIDTH)
    assert is_like(shown[:150], BLUE)
    assert is_like(shown[-150:], RED)


def test_a_repeated_frame_of_theora_lasts(tmp_path: Path) -> None:
    (tmp_path / "video").write_bytes(film([Shot(RED, 20), *SHOTS[10:]], ".ogv", videos.THEORA))
    frames = read(open_reader("pyav", Source(tmp_path / "video", 2**30), pixels=PIXELS))
    assert times(frames) == pytest.approx([n / RATE for n in range(30)], abs=0.01)
    assert is_like(frames[18].pixels(224), RED)


@pytest.mark.parametrize("size", [(1, 1), (17, 31), (321, 199), (16, 900)])
def test_odd_sizes(opened: Callable[..., Reader], size: tuple[int, int]) -> None:
    picture = np.full((size[1], size[0], 3), (200, 50, 50), np.uint8)
    frames = read(opened(film([Shot(picture, 5)])))
    assert len(frames) == 5
    assert frames[0].pixels(224).shape == (size[1], size[0], 3)


def test_large_pictures_are_shrunk_to_what_is_asked_for(opened: Callable[..., Reader]) -> None:
    picture = np.full((600, 1000, 3), (200, 50, 50), np.uint8)
    (frame, *_) = read(opened(film([Shot(picture, 2)])))
    assert frame.pixels(100).shape == (200, 333, 3)


def test_time_stamps_of_a_variable_frame_rate(opened: Callable[..., Reader]) -> None:
    stamps = [0.0, 0.04, 0.5, 3.0, 3.04, 7.0]
    frames = read(opened(muxed([(time, RED) for time in stamps])))
    assert times(frames) == pytest.approx(stamps, abs=0.002)


def test_a_recorded_live_stream_has_no_index(opened: Callable[..., Reader]) -> None:
    frames = read(opened(videos.without_index(sample("VP8"))))
    assert len(frames) == 20
    assert frames[-1].time_s == pytest.approx(1.9, abs=0.01)


@pytest.mark.parametrize("kind", KINDS)
def test_half_a_file_is_read_as_far_as_it_goes(
    opened: Callable[..., Reader], library: str, kind: str
) -> None:
    if (library, kind) in LACKING:
        return
    data = sample(kind)
    frames = read(opened(data[: len(data) * 6 // 10]))
    assert 1 <= len(frames) < 50
    assert is_like(frames[0].pixels(224), RED)


def test_bytes_beyond_the_limit_are_not_read(opened: Callable[..., Reader]) -> None:
    data = film([Shot(videos.plain(n), 10) for n in range(5)])
    assert 1 <= len(read(opened(data, limit=len(data) // 2))) < 50


def test_damage_within_is_passed_over(opened: Callable[..., Reader]) -> None:
    data = bytearray(film([Shot(videos.plain(n), 10) for n in range(5)], codec=videos.VP8))
    for at in range(len(data) // 3, len(data) // 3 + 400, 7):
        data[at] ^= 0x55
    frames = read(opened(bytes(data)))
    assert frames[-1].time_s == pytest.approx(4.9, abs=0.3)


def test_more_pixels_than_allowed_are_refused(opened: Callable[..., Reader]) -> None:
    with pytest.raises(OverLimit, match="1200 x 900"):
        opened(film([Shot(np.zeros((900, 1200, 3), np.uint8), 2)]))


def test_a_sound_has_no_pictures(opened: Callable[..., Reader]) -> None:
    with pytest.raises(NoPictures, match="sound"):
        opened(sound(".ogg", "-c:a", "libvorbis"))


def test_a_video_without_a_frame_gives_none(opened: Callable[..., Reader]) -> None:
    data = sample("VP8")
    headers = data[: data.index(b"\x1f\x43\xb6\x75")]  # up to the first cluster
    try:
        frames = read(opened(headers))
    except ImageError as error:
        assert isinstance(error, NoPictures | Undecodable)  # noqa: PT017 - either is right
    else:
        assert frames == []


def test_a_codec_that_nobody_knows_is_no_crash(opened: Callable[..., Reader]) -> None:
    with pytest.raises((Unsupported, Undecodable)):
        opened(sample("VP8").replace(b"V_VP8", b"V_XY8"))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", Undecodable),
        (b"#EXTM3U\n/etc/passwd\n", Unsupported),
        (b"ffconcat version 1.0\nfile '/etc/passwd'\n", Unsupported),
        (b"\x00\x00\x00\x20ftypisom", Unsupported),
        (b"\x1a\x45\xdf\xa3" + bytes(100), Undecodable),
    ],
)
def test_what_is_no_video_is_refused_by_name(
    opened: Callable[..., Reader], data: bytes, kind: type[ImageError]
) -> None:
    with pytest.raises(kind):
        opened(data)
