"""Files that are small and ask for much: memory, time, or recursion."""

import functools
import io
import struct
import zlib

from PIL import Image

PNG_HEAD = b"\x89PNG\r\n\x1a\n"


@functools.cache
def bombs() -> dict[str, bytes]:
    """Return name to file; none is over 4 MB."""
    return _png_bombs() | _gif_bombs() | _tiff_bombs() | _jpeg_bombs() | _webp_bombs() | _scraps()


def _png_bombs() -> dict[str, bytes]:
    end = _chunk(b"IDAT", zlib.compress(bytes(1000))) + _chunk(b"IEND", b"")
    wide = PNG_HEAD + _ihdr(30_000, 30_000) + end
    small = PNG_HEAD + _ihdr(100, 100)
    much = zlib.compress(bytes(200 * 2**20), 9)
    some = zlib.compress(bytes(2**20 - 1), 9)
    text = _chunk(b"zTXt", b"k\0\0" + some)
    frames = struct.pack(">II", 2**31 - 1, 0)
    return {
        "png of 900 million pixels": wide,
        "png of 2^62 pixels": PNG_HEAD + _ihdr(2**31 - 1, 2**31 - 1) + end,
        "png whose data is 200 MiB too long": small + _chunk(b"IDAT", much) + _chunk(b"IEND", b""),
        "png with a 200 MiB text": small + _chunk(b"zTXt", b"k\0\0" + much) + end,
        "png with 100 texts of 1 MiB": small + text * 100 + end,
        "png with a 200 MiB profile": small + _chunk(b"iCCP", b"p\0\0" + much) + end,
        "png of 2^31 frames": small + _chunk(b"acTL", frames) + end,
        "png with 20,000 empty chunks": small + _chunk(b"teXt", b"") * 20_000 + end,
        "png followed by an archive": wide + b"PK\x03\x04" + bytes(1000),
    }


def _gif_bombs() -> dict[str, bytes]:
    def head(edge: int) -> bytes:
        return b"GIF89a" + struct.pack("<HHBBB", edge, edge, 0x80, 0, 0) + bytes(range(6))

    def frame(edge: int) -> bytes:
        return b"," + struct.pack("<HHHHB", 0, 0, edge, edge, 0) + b"\x02\x02\x4c\x01\0"

    return {
        "gif of 100,000 frames": head(2) + frame(2) * 100_000 + b";",
        "gif of 4 billion pixels": head(65_535) + frame(65_535) + b";",
        "gif whose second frame is larger": head(2) + frame(2) + frame(65_535) + b";",
        "gif of 4,000 frames of 4 million pixels": head(2_000) + frame(2_000) * 4_000 + b";",
        "gif of nothing but padding": head(2) + bytes(2_000_000),
        "gif with a comment without end": head(2) + b"!\xfe" + b"\xffx" * 1_000_000,
    }


def _tiff_bombs() -> dict[str, bytes]:
    size = {256: 64, 257: 64, 258: 8, 259: 1, 262: 1, 277: 1}
    strip = size | {273: 8, 278: 64, 279: 4096}
    loop = struct.pack("<2sHI", b"II", 42, 8) + _ifd(strip, following=8)
    empty_page = 2 + 12 * 9 + 4
    chain = b"".join(_ifd(strip, following=8 + empty_page * (i + 1)) for i in range(30_000))
    return {
        "tiff of 4 billion pixels": _tiff(strip | {256: 65_535, 257: 65_535}),
        "tiff of 2^64 pixels": _tiff(strip | {256: 2**32 - 1, 257: 2**32 - 1}),
        "tiff with a tile of 2^62": _tiff(
            size | {322: 2**31 - 16, 323: 2**31 - 16, 324: 8, 325: 16}
        ),
        "tiff with a strip of 4 GiB": _tiff(strip | {279: 2**32 - 1}),
        "tiff with 2^32 rows a strip": _tiff(strip | {278: 2**32 - 1, 259: 5}),
        "tiff with 65,535 samples a pixel": _tiff(strip | {277: 65_535}),
        "tiff whose tag claims 2^32 values": _tiff(strip, claimed=2**32 - 1),
        "tiff whose page follows itself": loop,
        "tiff of 30,000 pages": struct.pack("<2sHI", b"II", 42, 8) + chain,
    }


def _jpeg_bombs() -> dict[str, bytes]:
    buffer = io.BytesIO()
    Image.effect_noise((1024, 1024), 80).save(buffer, "JPEG", progressive=True)
    scans = buffer.getvalue()
    last = scans[scans.rindex(b"\xff\xda") : -2]
    huge = bytearray(scans)
    frame_header = huge.index(b"\xff\xc2")
    huge[frame_header + 5 : frame_header + 9] = struct.pack(">HH", 65_500, 65_500)
    return {
        "jpeg of 4 billion pixels": bytes(huge),
        "jpeg of 20 more scans": scans[:-2] + last * 20 + scans[-2:],
        "jpeg followed by an archive": scans + b"PK\x03\x04" + bytes(1000),
        "jpeg with 50,000 comments": scans[:2] + b"\xff\xfe\0\x02" * 50_000 + scans[2:],
        "jpeg of filler": b"\xff\xd8" + b"\xff" * 2_000_000,
    }


def _webp_bombs() -> dict[str, bytes]:
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16)).save(buffer, "WEBP")
    picture = buffer.getvalue()[12:]
    canvas = b"VP8X" + struct.pack("<IB3x", 10, 2) + b"\xfe\x3f\0\xfe\x3f\0"
    control = b"ANIM" + struct.pack("<IIH", 6, 0, 0)
    body = bytes(6) + b"\x0f\0\0\x0f\0\0" + b"\x01\0\0\0" + picture
    frame = b"ANMF" + struct.pack("<I", len(body)) + body
    animation = b"WEBP" + canvas + control + frame * 2_000
    return {
        "webp of 268 million pixels": b"RIFF" + struct.pack("<I", len(animation)) + animation,
        "webp that claims 4 GiB": b"RIFF" + struct.pack("<I", 2**32 - 2) + b"WEBP" + picture,
    }


def _scraps() -> dict[str, bytes]:
    magics = (b"\xff\xd8\xff", PNG_HEAD, b"GIF89a", b"II*\0", b"MM\0+", b"RIFF....WEBPVP8 ")
    return {f"only {magic!r}": magic for magic in magics} | {"nothing": b"", "zeros": bytes(10_000)}


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _ihdr(width: int, height: int) -> bytes:
    return _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


def _ifd(tags: dict[int, int], *, following: int = 0, claimed: int = 1) -> bytes:
    entries = [struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(tags.items())]
    if claimed != 1:
        entries.append(struct.pack("<HHII", 34_675, 1, claimed, 8))
    return struct.pack("<H", len(entries)) + b"".join(entries) + struct.pack("<I", following)


def _tiff(tags: dict[int, int], *, claimed: int = 1) -> bytes:
    pixels = bytes(range(256)) * 16
    head = struct.pack("<2sHI", b"II", 42, 8 + len(pixels))
    return head + pixels + _ifd(tags, claimed=claimed)
