"""Reading video with PyAV (FFmpeg's libraries): the default."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.video.reformatter import Interpolation, VideoReformatter
from av.video.stream import VideoStream

from model.errors import NoPictures, Undecodable, Unsupported
from model.video.reader import (
    Clock,
    Pixels,
    Stream,
    check_pixels,
    shown_size,
    small_size,
    tick,
)
from model.video.source import Source

if TYPE_CHECKING:
    from av.packet import Packet

CODECS: Final = frozenset({"av1", "mpeg1video", "mpeg2video", "theora", "vp8", "vp9"})
# FFmpeg's decoders for these; it opens no other, not even to find out what a stream is.
_DECODERS: Final = ",".join(sorted(CODECS | {"libdav1d"}))
_QUARTER: Final = 90
MISSING_TICKS: Final = 2.5  # Theora has a packet for every frame, even for one that is repeated


class PyAvReader:
    """One pass over one video; see `model.video.reader.Reader`."""

    def __init__(self, source: Source, pixels: int) -> None:
        self._pixels = pixels
        self._container = _opened(source)
        self._video = _video(self._container)
        context = self._video.codec_context
        check_pixels(context.width, context.height, pixels)
        context.thread_count = 1
        context.options = {"max_pixels": str(pixels)}
        self._shapes = _Shapes()
        self._skips = False
        self.corrupt = 0
        self.fault: str | None = None
        self.stream = self._described()

    def frames(self) -> Iterator["PyAvFrame"]:
        """Yield frames, passing over what is damaged."""
        clock = Clock(self.stream.tick_s)
        last_s = 0.0
        for frame, stamp in self._stamped():
            time_s = clock.read(stamp)
            self.corrupt += self._lacks_frames(time_s - last_s)
            last_s = time_s
            yield PyAvFrame(frame, time_s, self._shapes)

    def _stamped(self) -> Iterator[tuple[av.VideoFrame, float | None]]:
        last: av.VideoFrame | None = None
        for packet in self._packets():
            if packet.size or packet.pts is None:
                for frame in self._decoded(packet):
                    check_pixels(frame.width, frame.height, self._pixels)
                    self.stream = _upright(self.stream, frame)
                    yield frame, frame.time
                    last = frame
            elif last:  # an empty packet of Theora shows the last frame once more
                yield last, float(packet.pts * packet.time_base)

    def _lacks_frames(self, seconds: float) -> bool:
        """Tell whether frames are missing: FFmpeg passes over damaged Ogg pages in silence."""
        steady = self.stream.codec == "theora" and not self._skips
        return steady and seconds > MISSING_TICKS * self.stream.tick_s

    def only_key_frames(self) -> bool:
        """Skip others from now on."""
        self._video.codec_context.skip_frame = "NONKEY"
        self._skips = True
        return True

    def close(self) -> None:
        """Close the container."""
        self._container.close()

    def _packets(self) -> "Iterator[Packet[VideoStream]]":
        packets = self._container.demux(self._video)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except FFmpegError as error:
                self.fault = f"damaged: {error.strerror}"
                return
            self.corrupt += packet.is_corrupt
            # libdav1d and FFmpeg's VP9 decoder take no notice of `skip_frame`. The packet that
            # ends the stream has no time.
            if not self._skips or packet.is_keyframe or packet.pts is None:
                yield packet

    def _decoded(self, packet: "Packet[VideoStream]") -> list[av.VideoFrame]:
        try:
            frames = packet.decode()
        except FFmpegError:
            self.corrupt += 1
            return []
        self.corrupt += sum(frame.is_corrupt for frame in frames)
        return frames

    def _described(self) -> Stream:
        context = self._video.codec_context
        duration = self._container.duration
        rate = self._video.average_rate or self._video.guessed_rate
        return Stream(
            codec=_codec(self._video),
            width=context.width,
            height=context.height,
            duration_s=duration / av.time_base if duration and duration > 0 else None,
            tick_s=tick(float(rate) if rate else None),
        )


class PyAvFrame:
    """See `model.video.reader.VideoFrame`."""

    def __init__(self, frame: av.VideoFrame, time_s: float, shapes: "_Shapes") -> None:
        self._frame = frame
        self._shapes = shapes
        self.time_s = time_s

    def small(self) -> Pixels:
        """Scale with the fastest method, which looks at few lines."""
        size = small_size(self._frame.width, self._frame.height)
        return self._shapes.small(self._frame, size)

    def pixels(self, target: int) -> Pixels:
        """Scale by averaging, then turn."""
        size = shown_size(self._frame.width, self._frame.height, target)
        return self._shapes.shown(self._frame, size)


class _Shapes:
    """FFmpeg's scaler, set up once for each of the two sizes."""

    def __init__(self) -> None:
        self._small = VideoReformatter()
        self._shown = VideoReformatter()

    def small(self, frame: av.VideoFrame, size: tuple[int, int]) -> Pixels:
        width, height = size
        return _array(
            self._small.reformat(
                frame, width, height, "bgr24", interpolation=Interpolation.FAST_BILINEAR, threads=1
            )
        )

    def shown(self, frame: av.VideoFrame, size: tuple[int, int]) -> Pixels:
        width, height = size
        method = Interpolation.AREA if size < (frame.width, frame.height) else Interpolation.POINT
        # Planes, as FFmpeg writes RGB pixel by pixel at twice the time, and 1.7 levels too dark.
        scaled = self._shown.reformat(frame, width, height, "gbrp", interpolation=method, threads=1)
        return np.ascontiguousarray(np.rot90(_array(scaled), _quarters(frame)))


def _quarters(frame: av.VideoFrame) -> int:
    """Return how many quarter turns, counter-clockwise, put a frame upright."""
    return round(frame.rotation / _QUARTER) % 4


def _upright(stream: Stream, frame: av.VideoFrame) -> Stream:
    """Return `stream` with the size that `frame` has; only frames say how they are turned."""
    size = (frame.width, frame.height)
    width, height = size[::-1] if _quarters(frame) % 2 else size
    if (width, height) == (stream.width, stream.height):
        return stream
    return replace(stream, width=width, height=height)


def _array(frame: av.VideoFrame) -> Pixels:
    return np.asarray(frame.to_ndarray(), dtype=np.uint8)


def _opened(source: Source) -> InputContainer:
    name = source.container()
    try:
        return av.open(source, "r", name, {"codec_whitelist": _DECODERS}, metadata_errors="replace")
    except (FFmpegError, ValueError) as error:
        raise Undecodable(f"damaged before the first frame: {error}") from error


def _video(container: InputContainer) -> VideoStream:
    """Return the video that a player would show; a cover picture of a sound is none."""
    streams = container.streams.video
    if not streams and not container.streams.audio:
        raise Undecodable("damaged: neither pictures nor sound are in it")
    if not streams:
        names = ", ".join(sorted({_codec(stream) for stream in container.streams.audio}))
        raise NoPictures(f"a sound without pictures, in {names}")
    shown = next((stream for stream in streams if _codec(stream) in CODECS), None)
    if shown is None:
        names = ", ".join(sorted({_codec(stream) for stream in streams}))
        raise Unsupported(f"a video in {names}; read here are {', '.join(sorted(CODECS))}")
    return shown


def _codec(stream: VideoStream | AudioStream) -> str:
    context: Any = stream.codec_context  # None, whatever its type says, for one unknown to FFmpeg
    return context.codec.canonical_name if context else "an unknown codec"
