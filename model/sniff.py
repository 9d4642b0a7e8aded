"""What bytes claim to be, from their first few: for an allow-list and for messages that help."""

from typing import Final

# A file is opened only with the decoder its first bytes ask for, whatever its name says.
_DECODED: Final = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
)
_VIDEOS: Final = (
    (b"\x1a\x45\xdf\xa3", "matroska"),
    (b"OggS", "ogg"),
    (b"\x00\x00\x01\xba", "mpeg"),
    (b"\x00\x00\x01\xb3", "mpegvideo"),
)
_NOT_DECODED: Final = (
    (b"%PDF-", "a PDF document"),
    (b"AT&TFORM", "a DjVu document"),
    (b"gimp xcf", "a GIMP (XCF) image"),
    (b"8BPS", "a Photoshop document"),
    (b"BM", "a BMP image"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"\x1a\x45\xdf\xa3", "a WebM or Matroska video"),
    (b"OggS", "an Ogg video or sound"),
    (b"fLaC", "a FLAC sound"),
    (b"ID3", "an MP3 sound"),
    (b"MThd", "a MIDI file"),
    (b"\x00\x00\x01\xba", "an MPEG video"),
    (b"\x00\x00\x01\xb3", "an MPEG video"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
)
_TEXT_HEAD_BYTES: Final = 1024


def decoder_name(data: bytes) -> str | None:
    """Return the Pillow format that `data` starts like, or None if it is not read here."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return next((name for magic, name in _DECODED if data.startswith(magic)), None)


def demuxer_name(data: bytes) -> str | None:
    """Return FFmpeg's demuxer for the video that `data` starts like, or None if it is no video."""
    return next((name for magic, name in _VIDEOS if data.startswith(magic)), None)


def describe(data: bytes) -> str:
    """Name the kind of `data` for a person, as far as its first bytes tell."""
    if not data:
        return "an empty file"
    if data[4:8] == b"ftyp":
        return "an AVIF or HEIC image" if data[8:12] in _HEIF_BRANDS else "an MP4 video"
    if data[:4] == b"RIFF":
        return "an AVI video or a WAV sound"
    head = data[:_TEXT_HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"<"):
        return "an SVG drawing" if b"<svg" in head else "an XML or HTML text"
    return next((name for magic, name in _NOT_DECODED if data.startswith(magic)), "of unknown kind")


_HEIF_BRANDS: Final = frozenset({b"avif", b"avis", b"heic", b"heix", b"hevc", b"mif1", b"msf1"})
