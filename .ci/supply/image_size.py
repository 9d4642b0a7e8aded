"""Prints how large the packages of the image are, installed and compressed, the largest first.

Run it in an environment with a CPU-only torch:

    PYTHONPATH=.ci .venv/bin/python -m supply.image_size
"""

import gzip
import io
import tarfile
from collections.abc import Iterator
from importlib.metadata import Distribution
from pathlib import Path

from supply.closure import closure
from supply.lockfile import required

MIB = 2**20
LARGEST = 5
FAST = 3  # of gzip's levels; the registry's own compression is about as good


def files_of(package: Distribution) -> Iterator[Path]:
    """Yield the installed files of a package, apart from compiled Python."""
    for file in package.files or []:
        path = Path(str(package.locate_file(file)))
        if path.is_file() and path.suffix != ".pyc":
            yield path


def compressed(paths: list[Path]) -> int:
    """Return how many bytes the files take as one compressed layer."""
    layer = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=layer, mode="wb", compresslevel=FAST) as packed,
        tarfile.open(fileobj=packed, mode="w|") as archive,
    ):
        for path in paths:
            archive.add(path)
    return layer.tell()


def main() -> None:
    """Print the figures."""
    packages = closure(required().values())
    sizes = {
        name: sum(path.stat().st_size for path in files_of(package))
        for name, package in packages.items()
    }
    for name in sorted(sizes, key=lambda one: -sizes[one])[:LARGEST]:
        print(f"{name:<28}{sizes[name] / MIB:>8.0f} MiB")
    print(f"{f'{len(packages)} packages':<28}{sum(sizes.values()) / MIB:>8.0f} MiB")
    paths = [path for package in packages.values() for path in files_of(package)]
    print(f"{'as a compressed layer':<28}{compressed(paths) / MIB:>8.0f} MiB")


if __name__ == "__main__":
    main()
