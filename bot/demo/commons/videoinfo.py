"""`prop=videoinfo&viprop=derivatives`: what TimedMediaHandler tells of a video's transcodes.

https://gerrit.wikimedia.org/g/mediawiki/extensions/TimedMediaHandler, ApiQueryVideoInfo.php
"""

from typing import Any

from bot.demo.commons.addresses import Addresses
from bot.demo.commons.wiki import Version

BITS = 8
DEFAULT_PROPS = "timestamp|user"
PROPERTIES = ("derivatives",)
Json = dict[str, Any]


def derivatives(addresses: Addresses, title: str, version: Version) -> list[Json]:
    """Return the original, then the finished transcodes; nothing for what is no video."""
    shape = version.format
    if shape.mediatype != "VIDEO":
        return []
    original = {
        "src": addresses.original(title, version),
        "type": shape.mime,
        "width": shape.width,
        "height": shape.height,
        "bandwidth": _bandwidth(version.content, version),
    }
    return [original, *(_transcode(addresses, title, version, key) for key in version.transcodes)]


def _transcode(addresses: Addresses, title: str, version: Version, key: str) -> Json:
    height = int(key.partition("p.")[0])  # keys are such as 240p.vp9.webm
    return {
        "src": addresses.transcode(title, key),
        "type": "video/webm",
        "transcodekey": key,
        "width": round(version.format.width * height / max(1, version.format.height)),
        "height": height,
        "bandwidth": _bandwidth(version.transcodes[key], version),
    }


def _bandwidth(content: bytes, version: Version) -> int:
    return round(len(content) * BITS / (version.format.seconds or 1.0))
