"""Prints how large the image is but for its base: packages and the model, installed and compressed.

Run it in an environment with a CPU-only torch:

    PYTHONPATH=.ci .venv/bin/python -m supply.image_size
"""

import gzip
import io
import sys
import tarfile
from collections.abc import Iterator
from importlib.metadata import Distribution
from pathlib import Path

from bot.home import models_folder
from model.bundle import DEFAULT_BUNDLE
from supply.closure import closure
from supply.lockfile import required

MIB = 2**20
REGISTRY_BYTES = (
    2**30
)  # https://wikitech.wikimedia.org/wiki/Help:Toolforge/Building_container_images
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
    model = [path for path in (models_folder() / DEFAULT_BUNDLE).rglob("*") if path.is_file()]
    print(f"{'the model':<28}{sum(path.stat().st_size for path in model) / MIB:>8.0f} MiB")
    layer = compressed(paths + model)
    print(f"{'as a compressed layer':<28}{layer / MIB:>8.0f} MiB of {REGISTRY_BYTES / MIB:.0f}")
    if layer > REGISTRY_BYTES:
        sys.exit("more than Toolforge's registry keeps by default: see docs/toolforge.md, Quotas")


if __name__ == "__main__":
    main()
