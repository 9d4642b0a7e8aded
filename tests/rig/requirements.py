"""What has to be installed before the rig, and the tests on MariaDB and Redis, can run."""

import shutil
from pathlib import Path

MEDIAWIKI = Path("/usr/share/mediawiki")

_PROGRAMS = (
    "php",
    "ffmpeg",
    "ffprobe",
    "rsvg-convert",
    "gs",
    "pdfinfo",
    "ddjvu",
    "diff3",
    "sqlite3",
)
_FILES = (
    MEDIAWIKI / "api.php",
    Path("/usr/bin/convert"),
    Path("/usr/sbin/mariadbd"),
    Path("/usr/bin/redis-server"),
    Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
)
_PHP_MODULES = Path("/etc/php/8.2/cli/conf.d")
_MODULES = ("apcu", "curl", "gd", "intl", "mbstring", "pdo_sqlite", "xml")


def missing_requirements() -> list[str]:
    """Return what is missing, empty when the rig can run."""
    programs = [program for program in _PROGRAMS if shutil.which(program) is None]
    files = [str(file) for file in _FILES if not file.exists()]
    modules = [f"php-{name}" for name in _MODULES if not _has_module(name)]
    return programs + files + modules


def _has_module(name: str) -> bool:
    return any(_PHP_MODULES.glob(f"*-{name}.ini"))
