"""Pictures that nobody need be warned of: wallpapers and a children's program, from Debian.

Packages are fetched by name with apt and unpacked, not installed, in the state folder. Each brings
its licence in usr/share/doc/*/copyright.
"""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import skimage
from numpy.typing import NDArray
from PIL import Image

from bot.home import home
from model.errors import ImageError, SourceUnavailable
from model.image import decode

PACKAGES = (
    "desktop-base",
    "gnome-backgrounds",
    "lomiri-wallpapers-16.04",
    "lomiri-wallpapers-20.04",
    "lxqt-themes",
    "mate-backgrounds",
    "plasma-workspace-wallpapers",
    "sway-backgrounds",
    "tuxpaint-stamps-default",
    "ukui-wallpapers",
    "xfdesktop4-data",
)
FEW_PACKAGES = ("sway-backgrounds", "xfdesktop4-data")
ENDINGS = (".jpg", ".jpeg", ".png", ".webp")
SHORTEST_EDGE = 100  # px: smaller ones are icons
ALIKE_EDGE = 16  # px: pictures that are the same at this size count once
FETCH_TIMEOUT_S = 600.0

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Benign:
    """One picture: which package it is from, and its pixels (H, W, 3)."""

    source: str
    name: str
    pixels: Pixels


def pictures(packages: tuple[str, ...], *, target: int) -> Iterator[Benign]:
    """Yield every distinct picture, decoded as the bot would for an input of `target` px.

    Raises:
        SourceUnavailable: this is no Debian, or it cannot reach its packages.
    """
    seen: set[bytes] = set()
    for source, folder in _folders(packages):
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() not in ENDINGS or path.is_symlink():
                continue
            pixels = _pixels(path, target)
            if pixels is not None and (look := _look(pixels)) not in seen:
                seen.add(look)
                yield Benign(source, path.name, pixels)


def middle(picture: Benign) -> Benign:
    """Return the middle quarter of a picture: another picture, though no independent one."""
    height, width = (edge // 2 for edge in picture.pixels.shape[:2])
    top, left = height // 2, width // 2
    part = picture.pixels[top : top + height, left : left + width]
    return Benign(picture.source, f"{picture.name}, middle", np.ascontiguousarray(part))


def _folders(packages: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    root = home() / "bench" / "pictures"
    for package in packages:
        folder = root / package
        if not folder.exists():
            _unpack(package, folder)
        yield package, folder
    yield "scikit-image", Path(skimage.__file__).parent / "data"


def _unpack(package: str, folder: Path) -> None:
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise SourceUnavailable("the harmless pictures come from Debian's packages: needs apt-get")
    fetched = folder.with_suffix(".fetched")
    shutil.rmtree(fetched, ignore_errors=True)
    fetched.mkdir(parents=True)
    _run("apt-get", "download", "-q", package, folder=fetched)
    (archive,) = fetched.glob("*.deb")
    _run("dpkg-deb", "-x", archive.name, "unpacked", folder=fetched)
    (fetched / "unpacked").rename(folder)
    shutil.rmtree(fetched)


def _run(*command: str, folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, check=False, capture_output=True, text=True, timeout=FETCH_TIMEOUT_S
    )
    if done.returncode:
        raise SourceUnavailable(f"{' '.join(command)}: {done.stderr.strip()}")


def _pixels(path: Path, target: int) -> Pixels | None:
    try:
        pixels = decode(path.read_bytes(), target=target).frames[0].pixels
    except ImageError:
        return None  # empty files and formats that are no picture for the bot either
    return pixels if min(pixels.shape[:2]) >= SHORTEST_EDGE else None


def _look(pixels: Pixels) -> bytes:
    grey = Image.fromarray(pixels).convert("L")
    return grey.resize((ALIKE_EDGE, ALIKE_EDGE), Image.Resampling.BOX).tobytes()
